"""Two customers joined by hand: found, seen side by side, counted as one from the next refresh on, taken apart again."""

import re
from html import unescape

import pyarrow.parquet as pq
import pytest

from tests.web.console.shops import AS_OF, client_of, measured_shop

NOW, PAGE = "/console/data/merges/join/now/", "/console/data/merges/join/"


@pytest.fixture(scope="module")
def shop(tmp_path_factory):
    return measured_shop(tmp_path_factory.mktemp("join"))


@pytest.fixture(scope="module")
def people(shop):
    """Customers joined with nobody, members before guests."""
    from okaeri.records.models import Link, Person

    with shop.workspace.records():
        joined = {name for pair in Link.objects.values_list("customer_id", "person_id") for name in pair}
        found = [one for one in Person.objects.exclude(name="").exclude(email="") if one.customer_id not in joined]
    return sorted(found, key=lambda one: (":m-" in one.customer_id or ":p-" in one.customer_id, one.pk))


def links(shop):
    from okaeri.records.models import Link

    with shop.workspace.records():
        return set(Link.objects.filter(undone_at=None, reason="staff").values_list("customer_id", "person_id"))


def noted(shop, action):
    from okaeri.records.models import AuditEntry

    with shop.workspace.records():
        entries = AuditEntry.objects.filter(action=action).order_by("pk")
        return [(entry.actor, entry.detail["customer_id"]) for entry in entries]


def pair(one, other):
    return {"id1": one, "id2": other}


def next_folder(shop):
    """Where the next refresh will lie, and the links it counts by."""
    from okaeri.loop import snapshots
    from okaeri.loop.refresh import folder_of

    with shop.workspace.records():
        folder = folder_of(shop.workspace, AS_OF, snapshots.current().pk)
        folder.mkdir(exist_ok=True)
        path = snapshots.export_links(folder / "links.parquet")
    return folder.name, {tuple(row.values()) for row in pq.read_table(path).to_pylist()}


def test_two_are_found_by_what_is_typed_and_shown_side_by_side(shop, people):
    owner, (one, other) = client_of(shop, "owner"), people[:2]
    text = owner.get(PAGE, {"q1": one.email, "q2": other.email}).content.decode()
    offered = re.findall(r'name="id(\d)" value="([^"]+)"', text)
    assert offered == [("1", one.customer_id), ("2", other.customer_id)]
    text = unescape(owner.get(PAGE, pair(one.customer_id, other.customer_id)).content.decode())
    for person in (one, other):
        for told in (person.name, person.email, person.phone, person.address):
            assert f"<td data-words>{told}</td>" in text
    assert f'action="{NOW}"' in text
    assert client_of(shop, "support").get(PAGE).status_code == 403


def test_joined_by_hand_they_count_as_one_until_they_are_taken_apart_again(shop, people):
    owner, (one, other) = client_of(shop, "owner"), people[:2]
    before, counted = next_folder(shop)
    for _ in range(2):
        answer = owner.post(NOW, pair(one.customer_id, other.customer_id))
        assert (answer.status_code, answer["Location"]) == (303, "/console/data/merges/")
    ((joined, person),) = links(shop)
    assert {joined, person} == {one.customer_id, other.customer_id}
    after, now = next_folder(shop)
    assert after != before
    assert now == counted | {(joined, person)}
    assert noted(shop, "link") == [("owner", joined)]
    assert "手で統合" in owner.get("/console/data/merges/").content.decode()
    owner.post("/console/data/merges/undo/", {"customer": joined})
    assert links(shop) == set()
    assert next_folder(shop) == (before, counted)
    assert noted(shop, "unlink")[-1] == ("owner", joined)
    owner.post(NOW, pair(one.customer_id, other.customer_id))
    assert len(links(shop)) == 1, "who was taken apart can be joined again by hand"


def test_a_third_is_counted_under_the_person_there_is_and_two_groups_are_not_mixed(shop, people):
    owner = client_of(shop, "owner")
    a, b, c, d, e = (one.customer_id for one in people[2:7])
    owner.post(NOW, pair(a, b))
    ((joined, person),) = (made for made in links(shop) if a in made)
    owner.post(NOW, pair(c, joined))
    assert (c, person) in links(shop)
    owner.post(NOW, pair(d, e))
    held = links(shop)
    for wrong in (pair(d, a), pair(a, a), pair(a, "own:nobody"), pair("", "")):
        answer = owner.post(NOW, wrong)
        assert answer.status_code == 409
        assert 'role="alert"' in answer.content.decode()
    assert links(shop) == held


def test_a_member_stays_and_a_guest_is_counted_under_them(shop, people):
    guest = next(one.customer_id for one in reversed(people) if re.search(r":[mp]-[0-9a-f]{12}$", one.customer_id))
    member = next(one.customer_id for one in people[8:] if not re.search(r":[mp]-[0-9a-f]{12}$", one.customer_id))
    client_of(shop, "owner").post(NOW, pair(member, guest))
    assert (guest, member) in links(shop)


def test_a_merge_is_found_by_name_only_by_who_may_see_names(shop, people):
    owner, (one, other) = client_of(shop, "owner"), people[9:11]
    owner.post(NOW, pair(one.customer_id, other.customer_id))
    ((joined, person),) = (made for made in links(shop) if one.customer_id in made)

    def found(role, query):
        page = client_of(shop, role).get("/console/data/merges/", {"q": query}).content.decode()
        return f"data-words>{joined}" in page

    assert found("owner", one.name)
    assert found("owner", other.email)
    assert found("analyst", joined)
    assert found("analyst", person.upper())
    assert not found("analyst", one.name)
    assert not found("analyst", one.email)
    assert not found("owner", "nobody at all")
