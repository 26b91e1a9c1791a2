"""Who may see and do what: every address, as every role and as nobody."""

import html
import re
from urllib.parse import unquote

import pytest
from django.urls import resolve

from okaeri.records.roles import PERMISSIONS, ROLES
from okaeri.web.report.figures import day
from tests.web.console.shops import AS_OF, NAME, PASSWORD, client_of, measured_shop

#: What a role must never be able to do, from the roles' own descriptions: read it before changing a permission.
FORBIDDEN = {
    "read_only": {"people", "export_people", "export_figures", "notes", "segments", "plan", "voices", "answer_voices",
                  "data", "import", "settings", "staff", "api_keys", "audit"},
    "analyst": {"people", "export_people", "notes", "plan", "answer_voices", "import", "settings", "staff",
                "api_keys", "audit"},
    "support": {"export_people", "export_figures", "segments", "plan", "data", "import", "settings", "staff",
                "api_keys", "audit"},
    "marketer": {"staff", "api_keys", "audit"},
    "owner": set(),
}  # fmt: skip


@pytest.fixture(scope="module")
def shop(tmp_path_factory):
    return measured_shop(tmp_path_factory.mktemp("access"))


def routes():
    from okaeri.web.console.urls import ROUTES

    return ROUTES


#: What stands in for the variable parts of an address.
EXAMPLES = {"int": "1", "str": "x", "slug": "x", "path": "x"}


def address(route):
    parts = [EXAMPLES[part[1:-1].partition(":")[0]] if part.startswith("<") else part for part in route.path.split("/")]
    return "/console/" + "/".join(parts)


def ask(client, route):
    return client.post(address(route)) if route.method == "POST" else client.get(address(route))


def test_the_roles_may_do_what_their_description_says():
    assert {role: {name for name, roles in PERMISSIONS.items() if role not in roles} for role in ROLES} == FORBIDDEN


def test_only_signing_in_and_the_choice_of_language_ask_for_no_permission(shop):
    assert {route.name for route in routes() if route.permission is None} == {"sign_in", "sign_out", "language"}


def test_nobody_reaches_any_page_or_verb_without_signing_in(shop):
    client = client_of(shop)
    for route in routes():
        if route.permission is not None:
            answer = ask(client, route)
            assert answer.status_code == 302, route
            assert answer["Location"].startswith("/console/sign-in/"), route
            assert answer.content == b""


@pytest.mark.parametrize("role", ROLES)
def test_each_role_reaches_exactly_the_pages_it_is_allowed(shop, role):
    client = client_of(shop, role)
    for route in routes():
        if route.permission is None:
            continue
        answer = ask(client, route)
        allowed = role in PERMISSIONS[route.permission]
        assert (answer.status_code == 403) == (not allowed), (route, answer.status_code)
        assert answer.status_code < 500, route
        assert "script-src 'self'" in answer["Content-Security-Policy"]
        assert "'unsafe-inline'" not in answer["Content-Security-Policy"].replace("style-src-attr 'unsafe-inline'", "")


def test_the_menu_names_only_what_the_role_may_see(shop):
    from okaeri.web.console.pages import PAGES

    for role in ROLES:
        text = client_of(shop, role).get("/console/").content.decode()
        for page in PAGES:
            link = f'<li><a href="{address(page.routes[0])}"'
            assert (link in text) == (role in PERMISSIONS[page.permission]), (role, page.name)


#: Pages that may show somebody, with those that stand for all others of their kind.
ABOUT_PEOPLE = ("customers/", "customers/?status=first", "belt/4/", "emotion/delivery/", "", "belt/", "segments/")


@pytest.mark.parametrize("role", [role for role in ROLES if role not in PERMISSIONS["people"]])
def test_who_may_not_see_people_sees_no_single_one(shop, role):
    client = client_of(shop, role)
    known = set(shop.show("customers_now")["customer_id"].to_pylist())
    for page in ABOUT_PEOPLE:
        answer = client.get(f"/console/{page}")
        if answer.status_code != 403:
            text = re.sub(
                r"<(?:option|script)[^>]*>.*?</(?:option|script)>", "", answer.content.decode(), flags=re.DOTALL
            )
            assert known & set(re.findall(r"[\w:-]+", text)) == set(), page
    somebody = min(known)
    for asked in ({"q": somebody}, {"rule": f'{{"column":"customer_id","op":"is","value":["{somebody}"]}}'}):
        text = client.get("/console/customers/", asked).content.decode()
        assert re.search(r'<a href="/console/customers/[^"?]', text) is None
        assert text.count("<dt>") == (8 if "q" in asked else 2), "one alone has no sums, and nobody can be looked for"
    text = client.post("/console/customers/builder/", {"kind-0": "compare", "column-0": "customer_id", "op-0": "is",
                                                       "value-0": somebody, "act": ""}).content.decode()  # fmt: skip
    assert "円" not in text[text.index('<dl class="size"') : text.index("</dl>")]


def test_who_may_see_people_sees_them_where_a_figure_is_of_them(shop):
    known = set(shop.show("customers_now")["customer_id"].to_pylist())
    text = client_of(shop, "support").get("/console/belt/4/").content.decode()
    assert len(known & set(re.findall(r"[\w:-]+", text))) > 3


@pytest.mark.parametrize("role", ROLES)
def test_no_page_leads_where_the_role_may_not_go(shop, role):
    client = client_of(shop, role)
    pages = [address(route) for route in routes() if route.method != "POST" and "<" not in route.path]
    for page in [*pages, *(f"/console/{page}" for page in ABOUT_PEOPLE)]:
        answer = client.get(page)
        if answer.status_code != 200 or answer.streaming:
            continue
        for place in set(re.findall(r'<a [^>]*href="(/console/[^"?#]*)', answer.content.decode())):
            asked = resolve(html.unescape(unquote(place))).func.permission
            assert asked is None or role in PERMISSIONS[asked], (page, place)


def test_a_verb_is_refused_to_a_look_and_to_a_form_of_another_site(shop):
    watched = client_of(shop, "owner", csrf=True)
    for route in routes():
        if route.method == "POST":
            assert client_of(shop, "owner").get(address(route)).status_code == 405, route
        if route.method in ("POST", "BOTH"):
            assert watched.post(address(route)).status_code == 403, route


def test_a_wrong_password_says_nothing_of_which_part_was_wrong_and_closes_after_five_tries(shop):
    """A width or case of its own gives a name no tries of its own."""
    client = client_of(shop)
    wrong = [client.post("/console/sign-in/", {"username": name, "password": "no"}) for name in ("owner", "nobody")]
    assert [answer.status_code for answer in wrong] == [422, 422]
    told = ["名前・パスワード・確認コードのいずれかが違います" in answer.content.decode() for answer in wrong]
    assert told == [True, True]
    for spelling in ("analyst", "Analyst", "ＡＮＡＬＹＳＴ", " analyst "):
        client.post("/console/sign-in/", {"username": spelling, "password": "no"})
    assert client.post("/console/sign-in/", {"username": "analyst", "password": "no"}).status_code == 429
    assert client.post("/console/sign-in/", {"username": "analyst", "password": PASSWORD}).status_code == 429
    other = client_of(shop)
    assert other.post("/console/sign-in/", {"username": "support", "password": PASSWORD}).status_code == 303


def test_many_names_from_one_address_close_sign_in_to_it_and_to_no_other(shop):
    from axes.models import AccessAttempt
    from django.conf import settings

    def tried(name, address, password="no"):
        told = {"username": name, "password": password}
        return client_of(shop).post("/console/sign-in/", told, REMOTE_ADDR=address).status_code

    most, here, there = settings.SIGN_IN_FAILURES_OF_ADDRESS, "203.0.113.7", "203.0.113.8"
    assert [tried(f"guess-{n}", here) for n in range(most)] == [422] * most
    assert tried("guess-again", here) == 429
    assert tried("support", here, PASSWORD) == 429
    assert tried("support", there, PASSWORD) == 303
    with shop.workspace.records():
        old = AccessAttempt.objects.filter(ip_address=here).earliest("pk").attempt_time - settings.AXES_COOLOFF_TIME
        AccessAttempt.objects.filter(ip_address=here).update(attempt_time=old)
    assert tried("support", here, PASSWORD) == 303


def test_behind_a_proxy_that_is_trusted_tries_count_for_who_asks_and_behind_no_other(shop):
    from dataclasses import replace

    from okaeri.web import serving

    def tried(proxies, connected, forwarded):
        client = client_of(shop)
        web = replace(shop.workspace.settings.web, trusted_proxies=proxies)
        serving.serve(replace(shop.workspace, settings=replace(shop.workspace.settings, web=web)))
        told = {"username": "read_only", "password": PASSWORD}
        assert client.post("/console/sign-in/", told, REMOTE_ADDR=connected, HTTP_X_FORWARDED_FOR=forwarded)
        with shop.workspace.records():
            return AuditEntry.objects.filter(action="sign in").latest("pk").detail["address"]

    from okaeri.records.models import AuditEntry

    assert tried(("10.0.0.0/8",), "10.1.1.1", "198.51.100.9") == "198.51.100.9"
    assert tried((), "10.1.1.1", "198.51.100.10") == "10.1.1.1"
    client_of(shop)


def test_signing_in_leads_to_a_page_of_this_shop_only(shop):
    for wanted, place in [
        ("/console/value/", "/console/value/"), ("https://evil.example/", "/console/"),
        ("//evil.example/", "/console/"), ("javascript:alert(1)", "/console/"),
    ]:  # fmt: skip
        answer = client_of(shop).post(
            "/console/sign-in/", {"username": "ＭＡＲＫＥＴＥＲ", "password": PASSWORD, "next": wanted}
        )
        assert (answer.status_code, answer["Location"]) == (303, place)


def test_the_language_of_a_member_of_staff_is_kept(shop):
    client = client_of(shop, "marketer")
    assert "今日" in client.get("/console/").content.decode()
    shown = client.get("/console/value/?x=1").content.decode()
    onward = re.search(r'name="next" value="([^"]*)"', shown)[1]
    assert client.post("/console/language/", {"language": "en", "next": onward})["Location"] == "/console/value/?x=1"
    again = client_of(shop, "marketer").get("/console/").content.decode()
    assert '<html lang="en">' in again
    assert ">Today<" in again
    client.post("/console/language/", {"language": "ja"})


def test_a_page_tells_the_shop_and_the_day_it_is_measured_from(shop):
    from django.utils import translation

    text = client_of(shop, "read_only").get("/console/").content.decode()
    assert NAME in text
    with translation.override("ja"):
        assert day(AS_OF) in text


def test_signing_out_ends_the_session(shop):
    client = client_of(shop, "owner")
    assert client.get("/console/").status_code == 200
    client.post("/console/sign-out/")
    assert client.get("/console/").status_code == 302
