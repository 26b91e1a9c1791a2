"""Texts are read once: what a refresh read stays good for the next, whatever happens in between."""

from __future__ import annotations

import inspect
import signal
import subprocess
import sys
import weakref
from collections import Counter
from collections.abc import Callable
from datetime import date, datetime, timedelta
from pathlib import Path

import pyarrow as pa
import pytest

from okaeri.loop import kept, measuring
from okaeri.loop.engine import DuckDBEngine
from okaeri.loop.measuring import Measuring
from okaeri.loop.predictions.feeling_models import last_step
from okaeri.schema.rules import Rules
from tests.measure.shops import fact_table

AS_OF = date(2026, 7, 1)
WANTED = ("feelings", "feeling_aspects")


def voice(
    number: int,
    text: str | None,
    language: str | None = None,
    day: date = date(2026, 6, 1),
    rating: float | None = None,
) -> dict:
    return {
        "voice_id": f"v{number}", "voice_date": day, "source": "review", "text": text, "language": language,
        "rating": rating,
    }  # fmt: skip


def measured(
    folder: Path, voices: list[dict], kept_in: Path, corrections: list[dict] | None = None
) -> dict[str, pa.Table]:
    """The tables of feelings, from these voices and what people put right."""
    engine = DuckDBEngine("1GB", 1)
    try:
        given = {"voices": voices, "corrections": corrections or []}
        facts = {name: engine.connection.create_table(name, fact_table(name, rows)) for name, rows in given.items()}
        job = Measuring(engine, facts, folder, AS_OF, Rules(), kept_in)
        job.run(WANTED)
        return {
            name: measuring.read(job.path(name), name)
            for name in (*WANTED, "rated_texts", "text_feelings", "feeling_models")
        }
    finally:
        engine.close()


@pytest.fixture
def read_texts(monkeypatch) -> Counter:
    """How often each text was read."""
    seen: Counter = Counter()
    predict = measuring.COMPUTED["text_feelings"]

    def counting(distinct_texts: pa.Table, feeling_models: pa.Table) -> pa.Table:
        seen.update(distinct_texts["text"].to_pylist())
        return predict(distinct_texts, feeling_models)

    monkeypatch.setitem(measuring.COMPUTED, "text_feelings", counting)
    return seen


VOICES = [
    voice(1, "最高です。また買います。"),
    voice(2, "配送は早いが、梱包がひどい。"),
    voice(3, "最高です。また買います。"),
    voice(4, None),
    voice(5, "  "),
    voice(6, "Terrible. I want my money back.", "en"),
    voice(7, "大満足です", day=AS_OF),
    voice(8, "Très bien", "fr"),
]


def test_every_voice_with_a_text_has_a_feeling_and_no_other_has(tmp_path):
    rows = {row["voice_id"]: row for row in measured(tmp_path / "a", VOICES, tmp_path / "kept")["feelings"].to_pylist()}
    assert set(rows) == {"v1", "v2", "v3", "v6", "v8"}
    assert rows["v1"]["score"] == rows["v3"]["score"] > 0.5
    assert rows["v6"]["score"] < 0
    assert rows["v6"]["engine"].startswith("vader")
    assert (rows["v8"]["score"], rows["v8"]["confidence"], rows["v8"]["engine"]) == (0.0, 0.0, "none")
    assert "+最高" in rows["v1"]["evidence"].split()


def test_each_aspect_has_the_feeling_of_its_own_clause(tmp_path):
    rows = measured(tmp_path / "a", VOICES, tmp_path / "kept")["feeling_aspects"].to_pylist()
    of = {(row["voice_id"], row["aspect"]): row["score"] for row in rows}
    assert of["v2", "delivery"] > 0 > of["v2", "unboxing"]
    assert of["v1", "repeat"] > 0


def test_the_second_refresh_reads_only_what_is_new(tmp_path, read_texts):
    first = measured(tmp_path / "a", VOICES, tmp_path / "kept")
    assert set(read_texts.values()) == {1}
    assert len(read_texts) == 4
    read_texts.clear()
    again = measured(tmp_path / "b", VOICES, tmp_path / "kept")
    assert not read_texts
    assert all(first[name].equals(again[name]) for name in first)
    more = measured(
        tmp_path / "c", [*VOICES, voice(9, "届かない"), voice(10, "最高です。また買います。")], tmp_path / "kept"
    )
    assert read_texts == {"届かない": 1}
    assert more["feelings"].num_rows == first["feelings"].num_rows + 2


def test_a_text_that_is_gone_is_in_no_table_any_more(tmp_path):
    measured(tmp_path / "a", VOICES, tmp_path / "kept")
    fewer = measured(tmp_path / "b", VOICES[:1], tmp_path / "kept")
    assert fewer["text_feelings"].num_rows == 2  # the whole, and its one aspect
    assert fewer["feelings"]["voice_id"].to_pylist() == ["v1"]


def test_other_words_or_rules_read_everything_anew(tmp_path, read_texts, monkeypatch):
    measured(tmp_path / "a", VOICES, tmp_path / "kept")
    other = kept.RowByRow("text_key", lambda feeling_models: "another version")
    monkeypatch.setitem(measuring.ROW_BY_ROW, "text_feelings", other)
    measured(tmp_path / "b", VOICES, tmp_path / "kept")
    assert set(read_texts.values()) == {2}


def test_many_files_become_one_and_say_the_same(tmp_path, monkeypatch, read_texts):
    monkeypatch.setattr(kept, "MOST_FILES", 3)
    voices = [voice(number, f"{number}回目も満足") for number in range(8)]
    for count in range(1, 9):
        last = measured(tmp_path / str(count), voices[:count], tmp_path / "kept")
    assert len(list((tmp_path / "kept").rglob("*.parquet"))) <= 4
    assert last["feelings"].num_rows == 8
    assert set(read_texts.values()) == {1}


def test_a_file_made_of_many_stands_for_them_before_they_are_gone(tmp_path):
    rows = kept.KeptRows(tmp_path, measuring.TABLES["text_feelings"], "1")
    made = pa.Table.from_pylist(
        [{"text_key": "a", "aspect": "whole", "score": 0.5, "confidence": 0.5, "evidence": "", "engine": "e"}],
        rows.schema,
    )
    for _ in range(3):
        rows.add(made)
    (rows.place / "000000003.parquet").rename(rows.place / "000000003.whole.parquet")
    rows.add(made)
    assert [path.name for path in rows.files()] == ["000000003.whole.parquet", "000000004.parquet"]
    rows.tidy()
    assert len(list(rows.place.glob("*.parquet"))) == 2


BATCHES, IN_BATCH = 6, 5

KILLED = """
import os, signal, sys
from pathlib import Path
from okaeri.loop import kept, measuring
from tests.loop.test_feelings import IN_BATCH, many, measured
kept.BATCH_ROWS = IN_BATCH
calls = []
predict = measuring.COMPUTED["text_feelings"]
def dying(distinct_texts, feeling_models):
    calls.append(1)
    if len(calls) == 4:
        os.kill(os.getpid(), signal.SIGKILL)
    return predict(distinct_texts, feeling_models)
measuring.COMPUTED["text_feelings"] = dying
folder = Path(sys.argv[1])
measured(folder / "a", many(), folder / "kept")
"""


def many() -> list[dict]:
    return [voice(number, f"{number}番の商品は良い") for number in range(BATCHES * IN_BATCH)]


def test_a_refresh_killed_half_way_loses_only_the_batch_it_was_at(tmp_path, read_texts):
    root = Path(__file__).resolve().parents[2]
    done = subprocess.run([sys.executable, "-c", KILLED, str(tmp_path)], cwd=root, capture_output=True, text=True)
    assert done.returncode == -signal.SIGKILL, done.stderr
    clean = measured(tmp_path / "clean", many(), tmp_path / "other")
    read_texts.clear()
    after = measured(tmp_path / "a", many(), tmp_path / "kept")
    assert len(read_texts) == (BATCHES - 3) * IN_BATCH
    assert all(clean[name].equals(after[name]) for name in clean)


def test_a_refresh_that_is_interrupted_stops_reading(tmp_path, monkeypatch):
    monkeypatch.setattr(kept, "BATCH_ROWS", 1)
    voices = [voice(number, f"{number}番") for number in range(5)]
    calls = []
    predict = measuring.COMPUTED["text_feelings"]
    engine = DuckDBEngine("1GB", 1)
    given = {"voices": voices, "corrections": []}
    facts = {name: engine.connection.create_table(name, fact_table(name, rows)) for name, rows in given.items()}
    job = Measuring(engine, facts, tmp_path / "a", AS_OF, Rules(), tmp_path / "kept")

    def stopping(distinct_texts: pa.Table, feeling_models: pa.Table) -> pa.Table:
        calls.append(1)
        job.stopped.set()
        return predict(distinct_texts, feeling_models)

    monkeypatch.setitem(measuring.COMPUTED, "text_feelings", stopping)
    with pytest.raises(InterruptedError):
        job.run(["feelings"])
    engine.close()
    assert len(calls) == 1
    assert not job.path("text_feelings").exists()


@pytest.mark.parametrize("name", ["text_feelings", "text_topics"])
def test_however_many_texts_there_are_only_a_batch_or_two_are_held(tmp_path, monkeypatch, name):
    monkeypatch.setattr(kept, "BATCH_ROWS", 5)
    predict, given, alive = measuring.COMPUTED[name], [], []

    def watching(distinct_texts: pa.Table, others: pa.Table) -> pa.Table:
        rows = predict(distinct_texts, others)
        given.extend(weakref.ref(table) for table in (distinct_texts, rows))
        alive.append(sum(table() is not None for table in given))
        return rows

    monkeypatch.setitem(measuring.COMPUTED, name, named_as(predict, watching))
    with_topics(tmp_path / "a", 99, tmp_path / "kept")
    assert len(alive) == 20
    assert max(alive) <= 4  # this batch and its rows, and those before


def named_as(predict: Callable, watching: Callable) -> Callable:
    """``watching`` with the parameters of ``predict``, which name its tables."""
    watching.__signature__ = inspect.signature(predict)  # type: ignore[attr-defined]
    return watching


#: Words of a shop's own that no lexicon knows, with what customers mean by them.
OWN = {"ポム味": 1.0, "ガル味": 0.0, "トネ味": 0.5}


def rated(count: int) -> list[dict]:
    """Reviews whose rating follows from the shop's own words alone."""
    words = list(OWN)
    return [
        voice(
            number,
            f"{words[number % 3]}を{number}日目に{number % 7}個",
            rating=OWN[words[number % 3]],
            day=date(2025, 5, 1) + timedelta(number),
        )
        for number in range(count)
    ]


def test_a_shop_whose_words_no_lexicon_knows_gets_a_model_of_its_own(tmp_path):
    asked = [voice(1000, "ポム味を40個"), voice(1001, "ガル味を40個")]
    few = measured(tmp_path / "few", [*rated(199), *asked], tmp_path / "kept")
    assert few["feeling_models"]["engine"].to_pylist() == ["lexicon"]
    many = measured(tmp_path / "many", [*rated(240), *asked], tmp_path / "kept")
    models = {row["engine"]: row for row in many["feeling_models"].to_pylist()}
    assert models["shop"]["is_used"]
    assert not models["lexicon"]["is_used"]
    assert models["shop"]["label_count"] == 200
    assert models["shop"]["macro_f1"] > 0.95 > models["lexicon"]["macro_f1"]
    assert len(models["shop"]["model"]) < 1_000_000
    found = {row["voice_id"]: row for row in many["feelings"].to_pylist()}
    assert found["v1000"]["score"] > 0.5
    assert found["v1001"]["score"] < -0.5
    assert found["v1000"]["engine"].startswith("shop-")


def put_right(number: int, score: float, hour: int = 9) -> dict:
    return {"voice_id": f"v{number}", "score": score, "corrected_at": datetime(2026, 6, 30, hour)}


def test_a_score_put_right_is_the_voices_feeling_and_that_of_every_voice_with_the_same_words(tmp_path):
    """Of two people who read the same words the later one is believed; what nobody read keeps its score."""
    corrections = [put_right(1, -0.5, 9), put_right(3, -1.0, 10)]
    found = {
        row["voice_id"]: row
        for row in measured(tmp_path, VOICES, tmp_path / "kept", corrections)["feelings"].to_pylist()
    }
    plain = {row["voice_id"]: row for row in measured(tmp_path / "b", VOICES, tmp_path / "k")["feelings"].to_pylist()}
    assert [(found[key]["score"], found[key]["confidence"], found[key]["engine"]) for key in ("v1", "v3")] == [
        (-1.0, 1.0, "person")
    ] * 2
    assert plain["v1"]["score"] > 0.3
    assert found["v2"] == plain["v2"]


def test_what_was_put_right_stands_in_the_training_table_in_place_of_stars_however_old(tmp_path, monkeypatch):
    monkeypatch.setattr(sys.modules["okaeri.measure.rated_texts"], "MOST", 5)
    voices = [*rated(20), voice(500, "星のない声", day=date(2025, 4, 1))]
    rows = measured(tmp_path, voices, tmp_path / "kept", [put_right(0, -1.0), put_right(500, 0.5)])[
        "rated_texts"
    ].to_pylist()
    by_text = {row["text"]: (row["rating"], row["is_corrected"]) for row in rows}
    assert len(rows) == 7
    assert by_text["星のない声"] == (0.75, True)
    assert by_text["ポム味を0日目に0個"] == (0.0, True), "five stars were given, and a person read otherwise"
    assert sum(corrected for _, corrected in by_text.values()) == 2


def test_a_word_that_people_put_right_is_read_so_in_texts_to_come(tmp_path):
    """All call a thing by a word their stars do not explain; a few corrections turn how it is read."""
    voices = [
        *rated(240),
        *(voice(900 + n, f"ネモ味を{n}箱", rating=1.0) for n in range(6)),
        voice(1002, "ネモ味を40箱"),
    ]
    before = measured(tmp_path / "a", voices, tmp_path / "kept")["feelings"].to_pylist()
    right = [put_right(900 + n, -1.0) for n in range(6)]
    after = measured(tmp_path / "b", voices, tmp_path / "kept", right)["feelings"].to_pylist()
    score = [next(row["score"] for row in rows if row["voice_id"] == "v1002") for rows in (before, after)]
    assert score[1] < -0.3 < score[0]


def test_a_model_stays_until_there_are_a_quarter_more_rated_texts(tmp_path, read_texts):
    measured(tmp_path / "a", rated(240), tmp_path / "kept")
    read_texts.clear()
    measured(tmp_path / "b", rated(249), tmp_path / "kept")
    assert len(read_texts) == 9
    read_texts.clear()
    measured(tmp_path / "c", rated(250), tmp_path / "kept")
    assert len(read_texts) == 250


@pytest.mark.parametrize(
    ("count", "step"),
    [(0, 0), (199, 199), (200, 200), (249, 200), (250, 250), (3_999, 3_637), (4_548, 4_547), (9_000, 8_881)],
)
def test_models_are_learnt_in_steps(count, step):
    assert last_step(count) == step


def test_all_readings_together_are_a_few_per_text_however_many_there_are():
    """Every text is read when it comes, and all there are whenever a model is learnt."""
    steps = {last_step(count) for count in range(200, 300_000, 7)}
    assert sum(steps) <= 5 * 300_000
    # a model every four thousand texts would read each of them dozens of times
    assert sum(range(4_000, 300_000, 4_000)) > 30 * 300_000


PLANTED = {1: ("香り", "香水", "ラベンダー", "余韻"), 2: ("緩衝材", "ダンボール", "配送業者", "追跡")}


def topic_planted(number: int) -> int:
    return 2 if number % 5 < 2 else 1


def about(number: int) -> dict:
    """Praise of the scent, three in five; else complaint about the parcel."""
    topic = topic_planted(number)
    words = "と".join(PLANTED[topic][(number // 5 + shift) % 4] for shift in range(3))
    return voice(
        number, f"{words}は{'最悪' if topic == 2 else '最高'}。{number}", day=date(2025, 6, 1) + timedelta(number)
    )


def with_topics(folder: Path, count: int, kept_in: Path) -> dict[str, pa.Table]:
    engine = DuckDBEngine("1GB", 1)
    try:
        voices = [*(about(number) for number in range(count)), voice(5000, "昨日")]
        given = {"voices": voices, "corrections": []}
        facts = {name: engine.connection.create_table(name, fact_table(name, rows)) for name, rows in given.items()}
        job = Measuring(engine, facts, folder, AS_OF, Rules(), kept_in)
        job.run(["voice_topics"])
        return {name: measuring.read(job.path(name), name) for name in ("voice_topics", "feeling_topics")}
    finally:
        engine.close()


def test_planted_topics_have_their_words_voices_and_mood(tmp_path):
    found = with_topics(tmp_path / "a", 150, tmp_path / "kept")
    scent, parcel = found["voice_topics"].to_pylist()
    assert (set(scent["words"].split()), set(parcel["words"].split())) == (set(PLANTED[1]), set(PLANTED[2]))
    assert (scent["voice_count"], parcel["voice_count"]) == (90, 60)
    assert scent["mean_score"] > 0.5 > -0.5 > parcel["mean_score"]
    of = dict(zip(*(found["feeling_topics"][name].to_pylist() for name in ("voice_id", "topic")), strict=True))
    assert of == {f"v{number}": topic_planted(number) for number in range(150)}


def test_texts_keep_their_topics_until_topics_are_found_anew(tmp_path, monkeypatch):
    seen: Counter = Counter()
    predict = measuring.COMPUTED["text_topics"]

    def counting(distinct_texts: pa.Table, topic_models: pa.Table) -> pa.Table:
        seen.update(distinct_texts["text"].to_pylist())
        return predict(distinct_texts, topic_models)

    monkeypatch.setitem(measuring.COMPUTED, "text_topics", counting)
    with_topics(tmp_path / "a", 210, tmp_path / "kept")
    assert len(seen) == 211
    seen.clear()
    with_topics(tmp_path / "b", 220, tmp_path / "kept")
    assert len(seen) == 10
