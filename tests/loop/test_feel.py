"""``okaeri feel``: a file of texts in, a feeling per text out, and errors that say where."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from typer.testing import CliRunner

from okaeri.cli import app, sentences
from okaeri.loop.feel import feel
from okaeri.schema.errors import DataRejected, RuleRefused
from tests.predict.sentiment.test_shop import texts

ROWS = [("最高です。また買います。", "5"), ("壊れた。二度と買わない。", "1"), ("", "3"), ("I love it", "5")]


def written(path: Path, rows: list[tuple[str, ...]], header: tuple[str, ...] = ("本文", "評価")) -> Path:
    """The rows as a CSV, TSV or Parquet file, by its name."""
    if path.suffix == ".parquet":
        pq.write_table(pa.table([pa.array(column) for column in zip(*rows, strict=True)], names=list(header)), path)
        return path
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, delimiter="\t" if path.suffix == ".tsv" else ",").writerows([header, *rows])
    return path


@pytest.mark.parametrize("name", ["a.csv", "a.tsv", "a.parquet"])
def test_every_row_of_a_file_has_a_feeling_in_the_order_of_the_file(tmp_path, name):
    found = feel(written(tmp_path / name, ROWS), text="本文")
    assert found.rows["row"].to_pylist() == [2, 3, 4, 5]
    one, two, empty, english = found.rows["score"].to_pylist()
    assert one > 0.5 > -0.5 > two
    assert empty == 0
    assert english > 0.5
    assert found.judged == []


def test_the_command_prints_json_and_writes_a_file(tmp_path):
    out = tmp_path / "out.csv"
    done = CliRunner().invoke(
        app, ["feel", str(written(tmp_path / "a.csv", ROWS)), "--text", "本文", "--out", str(out), "--json"]
    )
    told = json.loads(done.stdout)
    assert (told["texts"], told["without_feeling"], told["cross_validation"]) == (4, 1, [])
    assert told["shares"] == {"negative": 0.25, "neutral": 0.25, "positive": 0.5}
    with out.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["text"] for row in rows] == [text for text, _ in ROWS]
    assert rows[0]["evidence"].lstrip("'").split() == ["+最高", "+また買い"]


@pytest.mark.parametrize("labels", [("1", "3", "5"), ("negative", "neutral", "positive"), ("-1", "0", "1")])
def test_labels_train_the_shop_engine_whatever_they_are_called(tmp_path, labels):
    told, y = texts(300)
    path = written(tmp_path / "a.csv", [(text, labels[one]) for text, one in zip(told, y.tolist(), strict=True)])
    found = feel(path, text="本文", train_on="評価")
    assert found.engine.startswith("shop-")
    assert [(one.engine, one.is_used) for one in found.judged] == [("lexicon", False), ("shop", True)]
    assert found.judged[1].labels == 300
    good = [score for score, one in zip(found.rows["score"].to_pylist(), y.tolist(), strict=True) if one == 2]
    assert min(good) > 0.5


def test_texts_without_a_label_are_read_but_not_learnt_from(tmp_path):
    found = feel(written(tmp_path / "a.csv", [*ROWS, ("普通", "")]), text="本文", train_on="評価")
    assert found.judged[0].labels == 4
    assert found.rows.num_rows == 5


def test_what_cannot_be_understood_is_named_with_file_row_and_column(tmp_path):
    path = written(tmp_path / "a.csv", [*ROWS, ("普通", "6"), ("良い", "よし")])
    with pytest.raises(DataRejected) as refused:
        feel(path, text="本文", train_on="評価")
    assert [(one.file, one.row, one.column, one.value) for one in refused.value.problems] == [
        ("a.csv", 6, "評価", "6"),
        ("a.csv", 7, "評価", "よし"),
    ]


@pytest.mark.parametrize(("language", "word"), [("ja_JP", "星の数"), ("en_US", "number of stars")])
def test_errors_are_in_the_language_of_the_user(tmp_path, monkeypatch, language, word):
    monkeypatch.setenv("OKAERI_LANGUAGE", language)
    with pytest.raises(DataRejected) as refused:
        feel(written(tmp_path / "a.csv", [("普通", "x")]), text="本文", train_on="評価")
    assert word in sentences(refused.value)[0]


def test_a_missing_column_or_file_is_named(tmp_path):
    path = written(tmp_path / "a.csv", ROWS)
    for arguments in ({"text": "ない"}, {"text": "本文", "train_on": "ない"}):
        with pytest.raises(DataRejected, match=r"a\.csv, column ない"):
            feel(path, **arguments)
    with pytest.raises(DataRejected, match="no such file"):
        feel(tmp_path / "b.csv", text="本文")


def test_the_shop_engine_needs_labels_and_enough_of_them(tmp_path):
    path = written(tmp_path / "a.csv", ROWS)
    with pytest.raises(RuleRefused, match="--train-on"):
        feel(path, text="本文", engine="shop")
    with pytest.raises(RuleRefused, match="4 labels"):
        feel(path, text="本文", engine="shop", train_on="評価")


def test_an_unknown_engine_is_a_usage_error(tmp_path):
    done = CliRunner().invoke(app, ["feel", str(written(tmp_path / "a.csv", ROWS)), "--text", "本文", "--engine", "x"])
    assert done.exit_code == 2
