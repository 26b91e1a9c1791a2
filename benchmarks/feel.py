"""What texts say of their writers' mood: accuracy, speed and memory, beside other engines.

    python benchmarks/feel.py --data FILE.csv [--texts 1000000] [--json] [--out FILE]

``--data``: a CSV with the columns text and label (negative, neutral, positive). Measures:

- the lexicon on one core: texts a second; accuracy (scores of 0 and above count as good) and area under the ROC curve of
  positive against negative, and the macro F1 of the three classes;
- other engines for Japanese on the same texts, where they are installed (oseti, pymlask); an engine that is not is named;
- the learning curve: with 50 to 2,000 labels, the macro F1 of the lexicon, of the shop's model, and of whichever of the two
  okaeri would use (the lexicon below 200 labels, then what cross-validation within the labels says), on texts held back;
- the step of ``okaeri refresh`` over ``--texts`` different texts: seconds and peak memory, and the same with one in a
  hundred new.

Prints a table, or JSON.
"""

from __future__ import annotations

import argparse
import csv
import importlib
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.metrics import f1_score, roc_auc_score

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from okaeri.predict.sentiment import Lexicon, ShopEngine, choose
from okaeri.predict.sentiment.choosing import BAND
from okaeri.predict.sentiment.grams import grams
from okaeri.predict.sentiment.shop import covariates, fit

CLASSES = {"negative": 0, "neutral": 1, "positive": 2}
LABELS = (50, 100, 300, 1_000, 2_000)
SPLITS = 8
HELD_BACK = 1_000
AS_OF = date(2026, 7, 1)
#: Texts an engine is given at most: some peers are slow.
PEER_TEXTS = 3_000


def main() -> None:
    arguments = _arguments()
    if arguments.refresh is not None:
        print(json.dumps(_refresh(arguments.refresh)))
        return
    texts, y = _load(arguments.data)
    told: dict[str, Any] = {
        "rows": len(texts), "mean_letters": round(float(np.mean([len(text) for text in texts])), 1),
        "engines": [_lexicon(texts, y), *_peers(texts, y)], "learning_curve": [_learnt(texts, y, n) for n in LABELS],
    }  # fmt: skip
    if arguments.texts:
        told["refresh"] = _refreshes(texts, arguments.texts)
    _print(told, arguments)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, help="CSV with the columns text and label")
    parser.add_argument("--texts", type=int, default=1_000_000, help="texts of the refresh; 0 leaves it out")
    parser.add_argument("--json", action="store_true", help="print JSON")
    parser.add_argument("--out", type=Path, help="also write the JSON to this file")
    parser.add_argument("--refresh", type=Path, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.data is None and arguments.refresh is None:
        parser.error("--data is needed")
    return arguments


def _load(path: Path) -> tuple[list[str], np.ndarray]:
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return [row["text"] for row in rows], np.array([CLASSES[row["label"]] for row in rows])


def _lexicon(texts: list[str], y: np.ndarray) -> dict[str, Any]:
    engine = Lexicon()
    languages = ["ja"] * len(texts)
    engine.score(texts[:100], languages[:100])
    return _judged("okaeri lexicon", lambda: engine.score(texts, languages).score, y, times=3)


def _judged(name: str, score: Callable[[], np.ndarray], y: np.ndarray, times: int = 1) -> dict[str, Any]:
    seconds = []
    for _ in range(times):
        used = time.process_time()
        found = np.asarray(score(), dtype=float)
        seconds.append(time.process_time() - used)
    clear, told = y != CLASSES["neutral"], np.where(found > BAND, 2, np.where(found < -BAND, 0, 1))
    return {
        "engine": name, "texts_per_cpu_second": round(len(y) / min(seconds)),
        "accuracy_2": round(float(((found[clear] >= 0) == (y[clear] == 2)).mean()), 4),
        "auc_2": round(float(roc_auc_score(y[clear] == 2, found[clear])), 4),
        "zero_share": round(float((found[clear] == 0).mean()), 4),
        "macro_f1_3": round(float(f1_score(y, told, average="macro")), 4),
        "mean_score": {name: round(float(found[y == one].mean()), 3) for name, one in CLASSES.items() if (y == one).any()},
    }  # fmt: skip


def _peers(texts: list[str], y: np.ndarray) -> list[dict[str, Any]]:
    return [
        _peer(name, make, texts[:PEER_TEXTS], y[:PEER_TEXTS]) for name, make in (("oseti", _oseti), ("pymlask", _mlask))
    ]


def _peer(name: str, make: Callable[[], Callable[[str], float]], texts: list[str], y: np.ndarray) -> dict[str, Any]:
    try:
        score = make()
        return _judged(name, lambda: np.array([score(text) for text in texts]), y)
    except Exception as reason:
        return {"engine": name, "not_measured": f"{type(reason).__name__}: {reason}"[:120]}


def _oseti() -> Callable[[str], float]:
    dictionary = importlib.import_module("ipadic").MECAB_ARGS
    analyser = importlib.import_module("oseti").Analyzer(mecab_args=dictionary)
    return lambda text: float(np.mean(analyser.analyze(text) or [0]))


def _mlask() -> Callable[[str], float]:
    dictionary = importlib.import_module("ipadic").MECAB_ARGS
    analyser = importlib.import_module("mlask").MLAsk(dictionary)
    from okaeri.predict.sentiment.plugins import MLAsk

    engine = MLAsk(analyser.analyze)
    return lambda text: float(engine.score([text]).score[0])


def _learnt(texts: list[str], y: np.ndarray, labels: int) -> dict[str, Any]:
    """Mean over random splits of ``labels`` texts to learn from and HELD_BACK to be judged on."""
    rows = [_split(texts, y, labels, seed) for seed in range(SPLITS)]
    means = {name: round(float(np.mean([row[name] for row in rows])), 4) for name in rows[0]}
    spread = float(np.std([row["shop_macro_f1"] for row in rows], ddof=1))
    return {"labels": labels, **means, "shop_macro_f1_standard_error": round(spread / SPLITS**0.5, 4)}


def _split(texts: list[str], y: np.ndarray, labels: int, seed: int) -> dict[str, float]:
    order = np.random.default_rng(seed).permutation(len(texts))
    train, test = order[:labels], order[-HELD_BACK:]
    learn, judge = ([texts[place] for place in part.tolist()] for part in (train, test))
    lexicon = Lexicon()
    said = lexicon.score(judge)
    model = fit(covariates(grams(learn), lexicon.score(learn)), y[train], lexicon.id)
    chosen = next((one.model for one in choose(learn, y[train]) if one.model is not None), None)
    by_lexicon = np.where(said.score > BAND, 2, np.where(said.score < -BAND, 0, 1))
    by_shop = model.chances(covariates(grams(judge), said)).argmax(axis=1)
    used = (
        by_lexicon
        if chosen is None
        else ShopEngine(chosen).model.chances(covariates(grams(judge), said)).argmax(axis=1)
    )
    figures = {"lexicon": by_lexicon, "shop": by_shop, "used": used}
    return {
        **{f"{name}_macro_f1": float(f1_score(y[test], told, average="macro")) for name, told in figures.items()},
        "model_bytes": float(len(model.told())),
    }  # fmt: skip


def _refreshes(texts: list[str], count: int) -> list[dict[str, Any]]:
    """A first refresh of ``count`` texts, one in which nothing is new, and one with a hundredth more."""
    found = []
    with tempfile.TemporaryDirectory() as scratch:
        for name, size in (("first", count), ("nothing new", count), ("1 % new", count + count // 100)):
            folder = Path(scratch) / name.replace(" ", "_").replace("%", "percent")
            folder.mkdir()
            _write_voices(folder / "voices.parquet", texts, size)
            done = subprocess.run([sys.executable, __file__, "--refresh", str(folder)], capture_output=True, text=True)
            if done.returncode:
                raise RuntimeError(done.stderr[-2000:])
            found.append({"refresh": name, "texts": size, **json.loads(done.stdout)})
    return found


def _write_voices(path: Path, texts: list[str], count: int) -> None:
    import ibis
    import pyarrow as pa
    import pyarrow.parquet as pq

    from okaeri.schema.facts import voices
    from okaeri.schema.types import ibis_schema

    schema = ibis.schema(ibis_schema(voices)).to_pyarrow()
    with pq.ParquetWriter(path, schema, compression="zstd") as out:
        for first in range(0, count, 50_000):
            rows = [
                {"voice_id": f"v{n}", "voice_date": date(2026, 6, 1), "source": "review", "language": "ja",
                 "text": f"{texts[n % len(texts)]} {n}"}
                for n in range(first, min(first + 50_000, count))
            ]  # fmt: skip
            out.write_table(pa.Table.from_pylist(rows, schema=schema))


def _refresh(folder: Path) -> dict[str, Any]:
    """The step alone, in a process of its own: what it makes lies in ``folder``, what it keeps beside it."""
    from okaeri.loop.engine import DuckDBEngine
    from okaeri.loop.measuring import TABLES, Measuring
    from okaeri.schema.facts import EXPORTED, FACTS
    from okaeri.schema.rules import Rules
    from okaeri.schema.types import ibis_schema

    started, used = time.perf_counter(), time.process_time()
    engine = DuckDBEngine("512MB", 1, folder)
    facts = {"voices": engine.read([str(folder / "voices.parquet")], ibis_schema(FACTS["voices"]))}
    facts["corrections"] = engine.read([], ibis_schema(EXPORTED["corrections"]))
    Measuring(engine, facts, folder, AS_OF, Rules(), folder.parent / "kept").run(["feelings", "feeling_aspects"])
    rows = engine.read([str(folder / "feelings.parquet")], ibis_schema(TABLES["feelings"])).count().execute()
    return {
        "feelings": int(rows), "seconds": round(time.perf_counter() - started, 1),
        "cpu_seconds": round(time.process_time() - used, 1),
        "peak_gb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6, 2),
    }  # fmt: skip


def _print(told: dict[str, Any], arguments: argparse.Namespace) -> None:
    text = json.dumps(told, ensure_ascii=False, indent=1)
    if arguments.out:
        arguments.out.write_text(text + "\n", encoding="utf-8")
    if arguments.json:
        print(text)
        return
    for part in ("engines", "learning_curve", "refresh"):
        for row in told.get(part, []):
            print("  ".join(f"{name} {value}" for name, value in row.items()))


if __name__ == "__main__":
    main()
