"""Do okaeri's emotion curve, friction points and their prices find what was planted? Made-up shops with known feelings.

    python benchmarks/emotion.py [--shops 100] [--customers 4000] [--scores] [--json] [--out FILE]
        [--keep FOLDER] [--anew TABLE ...] [--prices]

Each shop is made three times by its seed: with late deliveries, leaking bottles, wrong shades and kind replies planted;
with nothing planted; and with the same happenings where feelings move nobody. Of the first: rank correlation of the curve
with what those who spoke of a step truly felt; whether each happening is found at its step, with its words among the first
three causes; whether the 90% interval of its price holds the true loss (by a hundred thousand customers made up apart).
Also shops in which a carrier or lot is blamed, none of which does harm.
Of the second: shops with a false alarm. Of the first and the third: what the table says foretells held-back customers
better, LTV knowing what was felt or recency and frequency alone, and the hazard or the purchase model with bad orders. With
``--scores`` voices have no words: quicker, harder, and no causes to judge. Prints JSON.

A shop costs about half a minute of CPU. With ``--keep`` its tables stay in a folder, and a later run with the same folder
goes on from there: shops that are in it are not made again, but for the tables named by ``--anew`` (so that a change of
``friction_points`` alone is judged within seconds). After any other change start with an empty folder. With ``--prices``
only prices are judged, of voices without words: two seconds a shop.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from scipy.stats import spearmanr

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks.emotion_shops import CALM, INDIFFERENT, PLAN, STEP_OF, Shop, Study, made
from okaeri.simulate import ShopPlan, true_losses
from okaeri.simulate.phrases import HAPPENED

Row = dict[str, Any]
WANTED = ("emotion_curve", "friction_causes", "friction_facts", "emotion_ltv")
CUSTOMERS_OF_TRUTH = 200_000


def main() -> None:
    """Shop by shop; the figures so far are written after each, so that a long run can be watched."""
    arguments = _arguments()
    if arguments.prices:
        _prices(arguments)
        return
    begun = time.process_time()
    study, quick = (
        Study(PLAN.end, wanted, arguments.keep, arguments.anew) for wanted in (WANTED, ("friction_points",))
    )
    plan, calm, indifferent = (replace(one, customers=arguments.customers) for one in (PLAN, CALM, INDIFFERENT))
    truth = true_losses(plan, customers=CUSTOMERS_OF_TRUTH)
    rows: dict[str, list[Any]] = {"planted": [], "calm": [], "indifferent": []}
    text = ""
    for seed in range(arguments.seed, arguments.seed + arguments.shops):
        rows["planted"].append(judged(study, replace(plan, seed=seed), truth, not arguments.scores))
        rows["calm"].append(alarms(quick, replace(calm, seed=seed), not arguments.scores))
        if len(rows["indifferent"]) < arguments.indifferent:
            rows["indifferent"].append(verdict(study, replace(indifferent, seed=seed), not arguments.scores))
        told = {"shops": len(rows["planted"]), "customers": arguments.customers, "words": not arguments.scores, **summed(**rows, truth=truth),
                "cpu_seconds": round(time.process_time() - begun)}  # fmt: skip
        text = json.dumps(told, indent=1, ensure_ascii=False)
        if arguments.out:
            arguments.out.write_text(text + "\n", encoding="utf-8")
    print(text)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--shops", type=int, default=100)
    parser.add_argument("--indifferent", type=int, default=20)
    parser.add_argument("--customers", type=int, default=4000)
    parser.add_argument("--seed", type=int, default=1000)
    parser.add_argument("--scores", action="store_true", help="voices without words")
    parser.add_argument("--json", action="store_true", help="printed in any case")
    parser.add_argument("--prices", action="store_true", help="prices alone, of voices without words")
    parser.add_argument("--out", type=Path)
    parser.add_argument("--keep", type=Path, help="folder of the shops' tables")
    parser.add_argument("--anew", nargs="*", default=[], help="tables that are made once more though they are kept")
    return parser.parse_args()


def _prices(arguments: argparse.Namespace) -> None:
    """Steps found and prices of happenings alone."""
    begun, study = time.process_time(), Study(PLAN.end, ("friction_points",), arguments.keep, arguments.anew)
    plan = replace(PLAN, customers=arguments.customers)
    truth, rows = true_losses(plan, customers=CUSTOMERS_OF_TRUTH), []
    for seed in range(arguments.seed, arguments.seed + arguments.shops):
        shop = made(replace(plan, seed=seed), words=False)
        rows.append(_happenings(shop, study.run(shop.facts, f"planted-{seed}"), truth, plan, words=False))
    told = {"shops": len(rows), "customers": arguments.customers, "words": False, **_summed_happenings(rows, truth),
            "cpu_seconds": round(time.process_time() - begun)}  # fmt: skip
    text = json.dumps(told, indent=1, ensure_ascii=False)
    if arguments.out:
        arguments.out.write_text(text + "\n", encoding="utf-8")
    print(text)


def judged(study: Study, plan: ShopPlan, truth: dict[str, dict[str, float]], words: bool = True) -> Row:
    """One shop with happenings: what was found of what was planted."""
    shop = made(plan, words)
    tables = study.run(shop.facts, f"planted-{plan.seed}")
    row: Row = {"spearman": curve_agreement(tables["emotion_curve"], shop), **_wins(tables["emotion_ltv"])}
    row["blamed"] = [one["name"] for one in tables["friction_facts"].to_pylist() if one["kind"] in ("carrier", "lot")]
    return row | _happenings(shop, tables, truth, plan, words)


def _happenings(shop: Shop, tables: dict[str, pa.Table], truth: Row, plan: ShopPlan, words: bool) -> Row:
    """Of each happening: whether its step and cause are found, and its price beside the truth."""
    points = [point for point in tables["friction_points"].to_pylist() if point["is_friction"]]
    causes = tables["friction_causes"].to_pylist() if words else []
    row: Row = {}
    for name, step in STEP_OF.items():
        there = [point for point in points if point["step"] == step]
        named = any(_is_cause(cause["phrase"], name, shop) for cause in causes if cause["step"] == step)
        row[name] = {"step": bool(there), "cause": named if words else None, **_price(there, tables, truth[name], plan)}
    return row


def curve_agreement(curve: pa.Table, shop: Shop) -> float:
    """Rank correlation of steps' emotion with true satisfaction; hopes before the purchase are no satisfaction."""
    told = {
        row["stage"]: row["emotion"] for row in curve.to_pylist() if row["axis"] == "steps" and row["persona"] == "all"
    }
    steps = [step for step in shop.felt if step != "expectation" and told.get(step) is not None]
    return float(spearmanr([shop.felt[step] for step in steps], [told[step] for step in steps])[0])


def _is_cause(phrase: str, happening: str, shop: Shop) -> bool:
    """Whether the phrase stands in sentences by which the happening is told."""
    return any(phrase in sentence.lower() for sentence in HAPPENED[happening])


def _price(points: list[Row], tables: dict[str, pa.Table], truth: dict[str, float], plan: ShopPlan) -> Row:
    """Price of the step's clearest look beside the loss of all orders of the latest year whose customers would tell of it."""
    priced = [point for point in points if point["is_main"] and point["loss"] is not None]
    if not priced:
        return {"held": None}
    point = priced[0]
    (reach,) = (row for row in tables["emotion_reach"].to_pylist() if row["persona"] == "all")
    struck = truth["share"] * reach["year_order_count"] * truth["yen"]
    named = struck * plan.voicing.tells
    return {
        "held": point["loss_low_90"] <= named <= point["loss_high_90"], "loss": point["loss"], "true_loss": named,
        "held_struck": point["loss_low_90"] <= struck <= point["loss_high_90"],
        "width": point["loss_high_90"] - point["loss_low_90"], "scope": point["scope"],
        "clear": point["loss_low_90"] > 0,
    }  # fmt: skip


def alarms(study: Study, plan: ShopPlan, words: bool = True) -> Row:
    """Friction found in a shop without any."""
    tables = study.run(made(plan, words).facts, f"calm-{plan.seed}")
    found = [
        f"{p['scope']} {p['segment']} {p['step']}" for p in tables["friction_points"].to_pylist() if p["is_friction"]
    ]
    return {"alarms": found}


def verdict(study: Study, plan: ShopPlan, words: bool = True) -> Row:
    """Which LTV the table says predicts better."""
    return _wins(study.run(made(plan, words).facts, f"indifferent-{plan.seed}")["emotion_ltv"])


def _wins(ltv: pa.Table) -> Row:
    (row,) = (row for row in ltv.to_pylist() if row["persona"] == "all")
    return {"ltv": row["better"], "model": row["better_model"], "bad_odds": row["bad_odds"]}


def summed(planted: list[Row], calm: list[Row], indifferent: list[Row], truth: Row) -> Row:
    """The figures of all shops."""
    told: Row = {"spearman_mean": _mean([row["spearman"] for row in planted]),
                 "spearman_least": min(row["spearman"] for row in planted),
                 **_summed_happenings(planted, truth)}  # fmt: skip
    told["shops_blaming_a_carrier_or_lot"] = _mean([bool(row["blamed"]) for row in planted])
    told["shops_with_false_alarm"] = _mean([bool(row["alarms"]) for row in calm])
    told["false_alarms"] = [alarm for row in calm for alarm in row["alarms"]]
    sides = {"feelings matter": planted, "feelings move nobody": indifferent}
    for name, key in (("ltv_better", "ltv"), ("model_better", "model")):
        told[name] = {side: _counts([row[key] for row in rows]) for side, rows in sides.items()}
    told["mean_odds_after_a_bad_order"] = {
        side: _mean([row["bad_odds"] for row in rows]) for side, rows in sides.items()
    }
    return told


def _summed_happenings(planted: list[Row], truth: Row) -> Row:
    told: Row = {}
    for name in STEP_OF:
        rows = [row[name] for row in planted]
        priced = [row for row in rows if row["held"] is not None]
        told[name] = {
            "share_of_orders": round(truth[name]["share"], 4), "true_loss_each": round(truth[name]["yen"]),
            "true_loss_error": round(truth[name]["error"]),
            "step_found": _mean([row["step"] for row in rows]), "cause_found": _mean([row["cause"] for row in rows if row["cause"] is not None]),
            "priced": len(priced), "interval_holds_named": _mean([row["held"] for row in priced]),
            "interval_holds_struck": _mean([row["held_struck"] for row in priced]),
            "interval_above_nought": _mean([row["clear"] for row in priced]), "mean_loss_over_true": _mean([row["loss"] / row["true_loss"] for row in priced]),
            "mean_width_over_true": _mean([row["width"] / row["true_loss"] for row in priced]),
        }  # fmt: skip
    return told


def _mean(values: list[Any]) -> float | None:
    return round(float(np.mean(values)), 4) if values else None


def _counts(values: list[str]) -> dict[str, int]:
    return {value: values.count(value) for value in sorted(set(values))}


if __name__ == "__main__":
    main()
