"""The emotion curve with voices on it, where it breaks and what that costs, and LTV from it."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from okaeri.web.report import labels
from okaeri.web.report.product_names import product_names
from okaeri.web.report.tables import About, Row, Tables

TITLE = _("The emotion curve")
TABLES = (
    "emotion_curve", "emotion_summary", "friction_points", "friction_causes", "friction_facts", "friction_texts",
    "friction_repairs", "emotion_ltv", "emotion_lift", "social_signal", "word_of_mouth", "products",
)  # fmt: skip

#: The picture: size, and the room around the curve.
WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM = 760.0, 270.0, 34.0, 34.0, 38.0, 52.0
#: Weeks of posts shown.
WEEKS = 26
#: Steps so many standard errors below their neighbours are shown as dips.
CLEAR = 1.645
BETTER = {
    "emotion": _("Knowing what was felt foretold held-back customers better than recency and frequency alone."),
    "recency_frequency": _("Recency and frequency alone foretold held-back customers better: take the upper figures with "
                           "care."),
    "alike": _("On held-back customers both foretold alike: feelings add nothing that recency and frequency do not tell."),
    "unknown": _("There is too little yet to judge which foretells better."),
}  # fmt: skip
BETTER_MODEL = {
    "hazard": _("Beside the purchase model in which a bad order makes leaving likelier, the one that knows each feeling "
                "foretold better."),
    "purchases": _("The purchase model in which a bad order makes leaving likelier foretold better still: its figure is the "
                   "one to take."),
    "alike": _("The purchase model in which a bad order makes leaving likelier foretold alike."),
    "unknown": "",
}  # fmt: skip
#: What is compared before and after a repair.
FIGURES = {
    "score": _("What is said of the step, in standard deviations"),
    "repeat": _("Orders followed by another within 90 days"),
    "revenue": _("Revenue of the 90 days after an order"),
}
#: What friction may come from.
ORIGINS = {
    "carrier": pgettext_lazy("origin", "Carrier"),
    "lot": pgettext_lazy("origin", "Lot"),
    "product": pgettext_lazy("origin", "Product"),
    "store": pgettext_lazy("origin", "Store"),
}
PARTS = ("before", "after", "change", "low_90", "high_90", "p")
TRACES = {
    "code": _("A friend's code or referral"),
    "link": _("A link from a post or friend"),
    "answer": _("Said so in the survey"),
    "posts": _("Social media"),
    "none": _("Nothing tells"),
}


def build(tables: Tables, about: About) -> dict[str, Any]:
    """The curve of all customers, one row per persona, friction points by yen, LTV both ways, posts and word of mouth."""
    points = _friction(tables)
    steps = [row for row in tables.rows("emotion_curve", persona="all", axis="steps") if row["emotion"] is not None]
    personas = [row | {"label": face(row["persona"])} for row in tables.rows("emotion_summary") if row["n"]]
    return {
        "is_empty": not steps,
        "curve": _curve(steps, {point["step"]: point for point in reversed(points) if point["is_main"]}),
        "personas": sorted(personas, key=lambda row: (row["persona"] != "all", -row["customer_count"])),
        "points": points,
        "repairs": _repairs(tables),
        "ltv": ltv(tables, "all"),
        "lifts": [row | {"label": labels.JOURNEY[row["step"]]} for row in tables.rows("emotion_lift")
                  if row["depth"] > CLEAR * row["depth_error"] and row["lift_each"] is not None],
        "posts": _posts(tables),
        "traces": _traces(tables),
    }  # fmt: skip


def face(persona: str | None) -> Any:
    return _("Everybody") if persona == "all" else labels.PERSONAS.get(persona or "", persona)


def _curve(steps: list[Row], friction: dict[str, Row]) -> dict[str, Any]:
    """Points, line and band as coordinates; the scale is the range of the 80% band."""
    steps = sorted(steps, key=lambda row: row["place"])
    if not steps:
        return {}
    low, high = min(row["low_80"] for row in steps), max(row["high_80"] for row in steps)
    low, high = min(low, 0.0), max(high, 0.0)
    span = (high - low) or 1.0
    gap = (WIDTH - LEFT - RIGHT) / max(len(steps) - 1, 1)

    def y(value: float) -> float:
        return round(TOP + (high - value) / span * (HEIGHT - TOP - BOTTOM), 1)

    points = [
        row | {"x": round(LEFT + at * gap, 1), "y": y(row["emotion"]), "label": labels.JOURNEY[row["stage"]],
               "friction": friction.get(row["stage"])}
        for at, row in enumerate(steps)
    ]  # fmt: skip
    upper = [f"{point['x']},{y(point['high_80'])}" for point in points]
    lower = [f"{point['x']},{y(point['low_80'])}" for point in reversed(points)]
    return {
        "points": points, "line": " ".join(f"{point['x']},{point['y']}" for point in points),
        "band": " ".join([*upper, *lower]), "zero": y(0.0), "width": WIDTH, "height": HEIGHT,
    }  # fmt: skip


def _friction(tables: Tables) -> list[Row]:
    """Friction points, the dearest first, each step's clearest only; with what they come from, causes and examples."""
    causes = sorted(tables.rows("friction_causes"), key=lambda row: row["place"])
    wanted = {row["example_1"] for row in causes if row["example_1"]}
    said = {row["voice_id"]: row for row in tables.rows("friction_texts") if row["voice_id"] in wanted}
    facts = sorted(tables.rows("friction_facts"), key=lambda row: row["place"])
    names = product_names(tables)
    rows = [row for row in tables.rows("friction_points") if row["is_main"]]
    rows.sort(key=lambda row: (row["loss"] is None, -(row["loss"] or 0.0), row["step"]))
    return [
        row | {
            "number": number, "label": labels.JOURNEY[row["step"]], "place": _segment(row, names),
            "origins": [_origin(fact, names) for fact in facts if fact["step"] == row["step"]],
            "causes": [cause | _quoted(said.get(cause["example_1"])) for cause in causes if _of(cause, row)],
        }
        for number, row in enumerate(rows, 1)
    ]  # fmt: skip


def _origin(fact: Row, names: dict[str, str]) -> Row:
    """What it is called: goods and stores by their names, carriers and lots as the shop writes them."""
    name = str(fact["name"])
    called = {"product": names.get(name, name), "store": labels.segment("store", name)}.get(fact["kind"], name)
    return fact | {"kind_label": ORIGINS[fact["kind"]], "label": called}


def _quoted(voice: Row | None) -> Row:
    """The words, and the language they are in where it is known: a screen reader has to say them in it."""
    return {"text": voice["text"], "language": (voice["language"] or "").lower()} if voice else {}


def _of(cause: Row, point: Row) -> bool:
    return all(cause[name] == point[name] for name in ("scope", "segment", "step"))


def _segment(row: Row, names: dict[str, str]) -> str:
    """What of the step it is: nothing for the whole step."""
    if row["scope"] == "step":
        return ""
    name = str(row["segment"])
    return names.get(name, name) if row["scope"] == "product" else labels.segment(row["scope"], name)


def _repairs(tables: Tables) -> list[Row]:
    """Repairs, the latest first, each with its figures before and after; without those nothing is known of."""
    rows = sorted(tables.rows("friction_repairs"), key=lambda row: row["repaired_on"], reverse=True)
    return [
        row | {
            "label": labels.JOURNEY[row["step"]],
            "figures": [
                {"name": name, "label": label} | {part: row[f"{name}_{part}"] for part in PARTS}
                for name, label in FIGURES.items() if row[f"{name}_change"] is not None
            ],
        }
        for row in rows
    ]  # fmt: skip


def ltv(tables: Tables, persona: str) -> Row | None:
    """LTV of a persona from the curve, both ways, and which foretold held-back customers better, in words."""
    row = tables.row("emotion_ltv", persona=persona)
    if row is None:
        return None
    return row | {"verdict": BETTER[row["better"]], "verdict_model": BETTER_MODEL[row["better_model"]],
                  "note": gettext(row["note"]) if row["note"] else ""}  # fmt: skip


def _posts(tables: Tables) -> dict[str, Any]:
    """Posts of the latest weeks against the weeks before."""
    rows = sorted(tables.rows("social_signal"), key=lambda row: row["week_on"])
    late, before = rows[-WEEKS:], rows[-2 * WEEKS : -WEEKS]
    scored = [row for row in late if row["mood"] is not None]
    count = sum(row["post_count"] for row in scored)
    most = max((row["post_count"] for row in late), default=0)
    return {
        "weeks": len(late), "count": sum(row["post_count"] for row in late),
        "before": sum(row["post_count"] for row in before) if len(before) == WEEKS else None,
        "mood": sum(row["mood"] * row["post_count"] for row in scored) / count if count else None,
        "bars": [row | {"height": round(100 * row["post_count"] / most, 1) if most else 0.0} for row in late],
    }  # fmt: skip


def _traces(tables: Tables) -> list[Row]:
    """New customers by what tells how word of mouth brought them, over all months."""
    rows = tables.rows("word_of_mouth")
    total = sum(row["customer_count"] for row in rows)
    found = []
    for trace, label in TRACES.items():
        own = [row for row in rows if row["trace"] == trace]
        count = sum(row["customer_count"] for row in own)
        if count:
            found.append({"label": label, "customers": count, "share": count / total,
                          "first": sum(row["first_order_revenue"] for row in own),
                          "revenue": sum(row["revenue"] for row in own)})  # fmt: skip
    return found
