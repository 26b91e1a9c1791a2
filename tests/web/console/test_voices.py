"""The inbox of voices: found, put right, answered by draft, closed; and drafts that say what the rule says."""

import random
import re
from datetime import timedelta

import pytest

from tests.web.console.shops import AS_OF, client_of, measured_shop


@pytest.fixture(scope="module")
def shop(tmp_path_factory):
    return measured_shop(tmp_path_factory.mktemp("voices"))


@pytest.fixture(scope="module")
def facts(shop):
    """Every voice with its feeling, joined in plain Python."""
    felt = {row["voice_id"]: row for row in shop.show("feelings").to_pylist()}
    rows = [{**row, "score": felt.get(row["voice_id"], {}).get("score")} for row in shop.show("voices").to_pylist()]
    return sorted(rows, key=lambda row: (-row["at"].timestamp(), row["voice_id"]))


def leaves(shop, name="owner", order="newest", **filters):
    """All voices of all pages."""
    from okaeri.loop import voices
    from okaeri.loop.published import published

    with shop.workspace.records():
        laid = published(shop.workspace)
        state = {"state": filters.pop("state")} if "state" in filters else {}
        asked = voices.Filters(**filters)
        wanted, found = voices.Wanted(asked, **state, order=order), []
        while True:
            leaf = voices.leaf(laid, wanted, name)
            found += leaf.voices
            if leaf.next is None:
                return found, leaf.count
            wanted = voices.Wanted(asked, **state, after=leaf.next, order=order)


def ids(rows):
    return [row["voice_id"] for row in rows]


def test_page_after_page_shows_every_voice_once_the_newest_first(shop, facts):
    found, count = leaves(shop, state="all")
    assert ids(found) == ids(facts)
    assert count == len(facts)


@pytest.mark.parametrize(
    ("filters", "fits"),
    [
        ({"source": "review"}, lambda row: row["source"] == "review"),
        ({"feeling": "bad"}, lambda row: row["score"] is not None and row["score"] < -0.15),
        ({"feeling": "good"}, lambda row: row["score"] is not None and row["score"] > 0.15),
        ({"feeling": "unread"}, lambda row: row["score"] is None),
        ({"words": "配送"}, lambda row: "配送" in (row["text"] or "")),
        ({"words": "送"}, lambda row: "送" in (row["text"] or "")),
        ({"words": "EASY"}, lambda row: "easy" in (row["text"] or "").lower()),
        (
            {"words": "が", "feeling": "bad"},
            lambda row: "が" in (row["text"] or "") and row["score"] is not None and row["score"] < -0.15,
        ),
        ({"words": "%' OR 1=1 --"}, lambda row: False),
    ],
)
def test_a_filter_keeps_what_plain_python_keeps(shop, facts, filters, fits):
    found, count = leaves(shop, state="all", **filters)
    wanted = [row for row in facts if fits(row)]
    assert ids(found) == ids(wanted)
    assert count == len(wanted)


def test_the_form_keeps_what_was_asked_for(shop):
    asked = {"feeling": "bad", "source": "review", "words": "届かない", "state": "all"}
    page = client_of(shop, "owner").get("/console/voices/", asked).content.decode()
    form = page[page.index('name="feeling"') :]
    for name in ("bad", "review"):
        assert re.search(f'<option value="{name}" selected>', form)
    assert 'name="words" value="届かない"' in form


def test_topic_aspect_and_product_filter_as_their_tables_say(shop, facts):
    topics = {row["voice_id"]: row["topic"] for row in shop.show("feeling_topics").to_pylist()}
    aspects = {(row["voice_id"], row["aspect"]) for row in shop.show("feeling_aspects").to_pylist()}
    topic = next(iter(topics.values()))
    assert set(ids(leaves(shop, state="all", topic=topic)[0])) == {
        key for key, value in topics.items() if value == topic
    }
    aspect = next(iter(aspects))[1]
    assert set(ids(leaves(shop, state="all", aspect=aspect)[0])) == {key for key, name in aspects if name == aspect}
    product = next(row["product_id"] for row in facts if row["product_id"])
    assert ids(leaves(shop, state="all", product=product)[0]) == ids(
        row for row in facts if row["product_id"] == product
    )


@pytest.mark.parametrize("filters", [{}, {"feeling": "bad"}, {"words": "送"}])
def test_the_unhappiest_come_first_the_newest_of_equals(shop, facts, filters):
    found, count = leaves(shop, state="all", order="unhappy", **filters)
    kept = leaves(shop, state="all", **filters)[0]
    among = {row["voice_id"] for row in kept}
    ordered = sorted(facts, key=lambda row: (row["score"] is None, row["score"] or 0.0))
    assert ids(found) == [row["voice_id"] for row in ordered if row["voice_id"] in among]
    assert count == len(kept)


def test_a_voice_of_long_ago_is_open_no_more_and_stands_under_older(shop, facts):
    first = AS_OF - timedelta(days=90)
    for order in ("newest", "unhappy"):
        recent, older = (ids(leaves(shop, state=state, order=order)[0]) for state in ("open", "older"))
        assert set(recent) == {row["voice_id"] for row in facts if row["voice_date"] >= first}
        assert set(older) == {row["voice_id"] for row in facts if row["voice_date"] < first}


def test_all_that_fit_are_closed_or_assigned_by_one_logged_verb_and_no_other(shop, facts, monkeypatch):
    from okaeri.loop import voices
    from okaeri.records.models import AuditEntry, VoiceCase

    monkeypatch.setattr(voices, "MOST_AT_ONCE", 5)
    client = client_of(shop, "support")
    asked = {"state": "older", "feeling": "bad", "order": "unhappy"}
    fit = ids(leaves(shop, state="older", feeling="bad", order="unhappy")[0])
    assert len(fit) > 12

    def send(role="support", **told):
        return client_of(shop, role).post("/console/voices/change-all/", {**asked, **told})

    for _ in range(2):
        answer = send(verb="assign", assignee="support")
        assert (answer.status_code, answer["Location"]) == (
            303,
            "/console/voices/?state=older&feeling=bad&order=unhappy",
        )
    assert set(ids(leaves(shop, "support", state="mine")[0])) == set(fit[:5])
    for _ in range(2):
        assert send(verb="close").status_code == 303
    assert ids(leaves(shop, state="older", feeling="bad", order="unhappy")[0]) == fit[10:]
    assert set(ids(leaves(shop, state="closed")[0])) == set(fit[:10])
    with shop.workspace.records():
        logged = AuditEntry.objects.filter(action__in=["assign voices", "close voices"]).order_by("pk")
        assert [(one.action, one.detail["count"]) for one in logged] == [
            ("assign voices", 5), ("close voices", 5), ("close voices", 5),
        ]  # fmt: skip
        assert logged[0].detail["asked"] == {"state": "older", "feeling": "bad"}
        VoiceCase.objects.all().delete()
    assert send(verb="assign", assignee="analyst").status_code == 422
    assert send(verb="burn").status_code == 404
    assert send("analyst", verb="close").status_code == 403
    assert client.get("/console/voices/", asked).status_code == 200


def do(client, voice, **told):
    return client.post("/console/voices/change/", {"voice": voice, **told})


def test_a_case_is_assigned_drafted_answered_closed_and_reopened_and_each_is_written_down_once(shop, facts):
    from okaeri.records.models import AuditEntry

    client, voice = client_of(shop, "support"), facts[0]["voice_id"]
    for told in ({"verb": "assign", "assignee": "support"}, {"verb": "draft", "text": "下書きです"}) * 2:
        assert do(client, voice, **told).status_code == 303
    assert voice in ids(leaves(shop, "support", state="mine")[0])
    assert voice not in ids(leaves(shop, "owner", state="mine")[0])
    assert ids(leaves(shop, state="drafted")[0]) == [voice]
    assert "下書きです" in client.get("/console/voices/one/", {"id": voice}).content.decode()
    do(client, voice, verb="close")
    assert voice not in ids(leaves(shop, state="open")[0])
    assert ids(leaves(shop, state="closed")[0]) == [voice]
    do(client, voice, verb="reopen")
    assert voice in ids(leaves(shop, state="open")[0])
    do(client, voice, verb="answer", text="お待たせしました")
    assert ids(leaves(shop, state="closed")[0]) == [voice]
    with shop.workspace.records():
        noted = [entry.action for entry in AuditEntry.objects.filter(detail__voice=voice).order_by("pk")]
    assert noted == ["assign voice", "draft answer", "close voice", "reopen voice", "answer voice"]
    assert do(client, voice, verb="assign", assignee="analyst").status_code == 422
    assert do(client, voice, verb="answer", text=" ").status_code == 422
    assert do(client, "nobody's", verb="close").status_code == 404
    assert do(client_of(shop, "analyst"), voice, verb="close").status_code == 403


def test_an_answer_to_a_review_of_ours_stands_beside_it(shop, facts):
    from datetime import UTC, datetime

    from okaeri.loop import voices
    from okaeri.programs.reviews.models import Reply, Review

    with shop.workspace.records():
        made = Review.objects.create(
            key="t1",
            origin="own",
            product_id="P",
            stars=2,
            text="x",
            language="ja",
            at=datetime(2026, 3, 1, tzinfo=UTC),
        )
        for _ in range(2):
            voices.answer("review:t1", "ありがとうございます", actor="owner")
        assert [(reply.review_id, reply.text, reply.actor) for reply in Reply.objects.all()] == [
            (made.pk, "ありがとうございます", "owner")
        ]


def test_a_score_put_right_is_shown_at_once_and_known_to_the_next_measurement(shop, facts):
    from okaeri.loop.refresh import folder_of

    voice = next(row for row in facts if row["score"] is not None and row["score"] > 0.3)["voice_id"]
    client = client_of(shop, "owner")
    with shop.workspace.records():
        before = folder_of(shop.workspace, shop.workspace.today(), 1)
    assert do(client, voice, verb="correct", score="-1.0").status_code == 303
    assert do(client, voice, verb="correct", score="7").status_code == 422
    page = client.get("/console/voices/one/", {"id": voice}).content.decode()
    assert "−1.00" in page
    assert 'value="-1.0" aria-pressed="true"' in page
    with shop.workspace.records():
        from okaeri.loop import snapshots

        assert folder_of(shop.workspace, shop.workspace.today(), 1) != before, "the next refresh makes its tables anew"
        [(kept)] = snapshots.corrections()
        assert (kept.voice_id, kept.score, kept.actor) == (voice, -1.0, "owner")


def test_a_customers_name_is_for_those_only_who_may_see_people(shop, facts):
    from okaeri.records.models import Person

    with shop.workspace.records():
        names = dict(Person.objects.exclude(name="").values_list("customer_id", "name"))
        voice = next(row for row in facts if row["customer_id"] in names)
    name = names[voice["customer_id"]]
    for role, sees in (("support", True), ("analyst", False)):
        page = client_of(shop, role).get("/console/voices/one/", {"id": voice["voice_id"]}).content.decode()
        assert (name in page) == sees, role


def told(score, aspects=(), source="review", touchpoint=None):
    named = [{"aspect": name, "score": value} for name, value in aspects]
    return {"score": score, "aspects": named, "source": source, "touchpoint": touchpoint}


def test_a_draft_thanks_for_what_pleased_and_apologises_for_what_did_not_and_names_the_next_step():
    from okaeri.loop.workspace import start_django

    start_django()
    from okaeri.web.console.drafting import ASPECTS, NEXT, proposal

    voice = told(-0.4, [("delivery", -0.8), ("quality", 0.6)])
    ja, en = (proposal(voice, "石けん", "白樺", language) for language in ("ja", "en"))
    assert "石けん" in ja
    assert re.search(r"品質についてうれしい.*配送の点で.*申し訳.*配送会社に", ja, re.DOTALL)
    assert re.search(r"pleased with quality.*disappointed you with delivery.*carrier", en, re.DOTALL)
    assert "申し訳" not in proposal(told(0.9, [("quality", 0.9)]), "", "白樺", "ja")
    assert "配送会社" in proposal(told(-0.9, touchpoint="delivery"), "", "白樺", "ja")
    assert "お問い合わせ" in proposal(told(None, source="inquiry"), "", "白樺", "ja")
    assert proposal(told(0.5), "", "白樺", "ja", "山田 花子").startswith("山田 花子 さま")
    assert set(ASPECTS) == set(NEXT)
    for aspect in ASPECTS:
        text = proposal(told(-0.5, [(aspect, -0.5)]), "", "白樺", "ja")
        assert "申し訳" in text
        assert text.count("\n\n") == 4


def test_what_is_known_to_be_closed_is_what_the_records_say_whatever_happened_since(shop, facts, monkeypatch):
    from okaeri.loop import closed_voices, voice_places
    from okaeri.loop.published import published
    from okaeri.records import voices as records
    from okaeri.records.models import VoiceCase

    monkeypatch.setattr(voice_places, "FEW", 6)
    dice, names = random.Random(3), [row["voice_id"] for row in facts]
    first = AS_OF - timedelta(days=90)
    with shop.workspace.records():
        VoiceCase.objects.all().delete()
        closed_voices._known.cache_clear()  # cases of earlier tests are gone, as no case of a shop ever is
        folder = published(shop.workspace).folder
        for _ in range(8):
            for voice in dice.sample(names, dice.randrange(12)):
                dice.choice((records.close, records.reopen))(voice, actor="support")
            said = set(VoiceCase.objects.filter(is_closed=True).values_list("voice_id", flat=True))
            for since in (None, first):
                known = closed_voices.closed(folder, since)
                assert set(voice_places.ids_at(folder, known.nonzero()[0])) == said
        VoiceCase.objects.all().delete()
        assert said
