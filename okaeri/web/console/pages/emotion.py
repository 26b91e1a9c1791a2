"""感情曲線: the curve, the voices at each step, and one's own sketch of the journey against it."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import resolve_url
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from okaeri.loop import editing
from okaeri.loop.published import Published
from okaeri.loop.step_voices import voices_at
from okaeri.records import plans
from okaeri.schema.errors import RuleRefused
from okaeri.schema.rules import repair_of
from okaeri.web.console.page import Page, Route, published_of, show
from okaeri.web.console.panels import frame, panels_page
from okaeri.web.console.plan_words import CHANNELS
from okaeri.web.report import labels
from okaeri.web.report.page import plain
from okaeri.web.report.product_names import product_names
from okaeri.web.report.sections import emotion as drawn
from okaeri.web.report.tables import About, Row, Tables
from okaeri.web.serving import ConsoleRequest

EVERYBODY = "all"
#: How long a thought may be.
LONGEST = 500
#: Differences told in words.
MOST_TOLD = 5


def emotion(request: ConsoleRequest) -> HttpResponse:
    """The curve of one persona with its band, ways to the voices of each step, and the panel of the report."""
    laid = published_of(request)
    if laid is None:
        return panels_page(request, "emotion")
    persona, axis = _persona(request, laid), "days" if request.GET.get("axis") == "days" else "steps"
    steps = _curve(laid, persona, axis)
    tables = Tables({"emotion_ltv": laid.table("emotion_ltv")})
    about = {"persona": persona, "personas": _personas(laid), "axis": axis, "steps": steps,
             "ltv": drawn.ltv(tables, persona) if persona != EVERYBODY else None,
             "drawn": plain({"journey": _lines(steps)})["journey"]}  # fmt: skip
    return panels_page(request, "emotion", about)


def step(request: ConsoleRequest, step: str) -> HttpResponse:
    """The voices at one step of the journey, what breaks there, and since when it is said to be repaired."""
    return _step(request, step)


def _step(request: ConsoleRequest, step: str, wrong: str = "") -> HttpResponse:
    laid = published_of(request)
    if step not in labels.JOURNEY:
        return show(request, "okaeri/console/no_such.html", status=404)
    if laid is None:
        return show(request, "okaeri/console/nothing_yet.html")
    persona = _persona(request, laid)
    about: About = frame(request, laid)["about"]
    section = drawn.build(Tables({name: laid.excerpt(name) for name in drawn.TABLES}), about)
    names = product_names(Tables({"products": laid.table("products")}))
    told = {
        **frame(request, laid), "step": step, "label": labels.JOURNEY[step], "persona": persona,
        "personas": _personas(laid), "row": next((row for row in _curve(laid, persona) if row["stage"] == step), None),
        "points": [point for point in section["points"] if point["step"] == step],
        "lift": next((row for row in section["lifts"] if row["step"] == step), None),
        "voices": [_voice(row, names) for row in voices_at(laid, step, persona)],
        "repairs": sorted(day for day, where in map(repair_of, request.shop.settings.rules.repairs) if where == step),
        "may_repair": request.user.may("settings"), "today": request.workspace.today(), "wrong": wrong,
    }  # fmt: skip
    return show(request, "okaeri/console/emotion_step.html", told, status=422 if wrong else 200)


def repair(request: ConsoleRequest, step: str) -> HttpResponse:
    """Enter the day from which the step is repaired, or take one back."""
    if step not in labels.JOURNEY:
        return show(request, "okaeri/console/no_such.html", status=404)
    try:
        day = date.fromisoformat(request.POST.get("day", ""))
    except ValueError:
        return _step(request, step, gettext("Give the day, as 2026-04-01."))
    if day > request.workspace.today():
        return _step(request, step, gettext("This day is yet to come; enter a repair once it is made."))
    try:
        editing.keep_repair(
            request.workspace, day, step, actor=request.user.name, is_taken_back=request.POST.get("act") == "take_back"
        )
    except RuleRefused as refused:
        return _step(request, step, gettext(refused.sentence))
    persona = _known(request.POST.get("persona", ""), published_of(request))
    return HttpResponseRedirect(resolve_url("console:emotion_step", step) + f"?persona={persona}#repairs", status=303)


def sketch(request: ConsoleRequest) -> HttpResponse:
    """One's own journey for a persona, and where it differs from the measured curve."""
    laid = published_of(request)
    if laid is None:
        return show(request, "okaeri/console/nothing_yet.html")
    persona = _persona(request, laid)
    own = {row["step"]: row for row in plans.sketch_of(request.user.name, persona)}
    measured = {row["stage"]: row for row in _curve(laid, persona)}
    rows: list[dict[str, Any]] = [
        {"step": name, "label": label, "own": own.get(name), "measured": measured.get(name)}
        for name, label in labels.JOURNEY.items()
    ]
    told = {
        **frame(request, laid), "persona": persona, "personas": _personas(laid), "rows": rows, "has_own": bool(own),
        "differences": _differences(rows), "is_saved": "saved" in request.GET,
    }  # fmt: skip
    chart = [
        {"label": str(row["label"]), "own": (row["own"] or {}).get("feeling"),
         **{name: (row["measured"] or {}).get(name) for name in ("emotion", "low_80", "high_80")}}
        for row in rows
    ]  # fmt: skip
    return show(request, "okaeri/console/sketch.html", told, charts={"sketch": plain({"steps": chart})})


def save_sketch(request: ConsoleRequest) -> HttpResponse:
    """Keep the sketch; a step nobody wrote or felt anything about is left out."""
    laid = published_of(request)
    persona = _known(request.POST.get("persona", ""), laid)
    steps = [row for name in labels.JOURNEY if (row := _sketched(request, name)) is not None]
    plans.save_sketch(request.user.name, persona, steps)
    return HttpResponseRedirect(resolve_url("console:sketch") + f"?persona={persona}&saved=1", status=303)


def _sketched(request: HttpRequest, name: str) -> dict[str, Any] | None:
    done, thought = (request.POST.get(f"{what}-{name}", "").strip()[:LONGEST] for what in ("action", "thought"))
    try:
        feeling: float | None = max(-1.0, min(float(request.POST.get(f"feeling-{name}", "")), 1.0))
    except ValueError:
        feeling = None
    is_felt = feeling is not None and feeling == feeling and (f"felt-{name}" in request.POST)
    if not (done or thought or is_felt):
        return None
    return {"step": name, "action": done, "thought": thought, "feeling": feeling if is_felt else None}


def _differences(rows: list[dict[str, Any]]) -> list[str]:
    """Where sketch and measurement differ beyond its interval, the largest first, in words."""
    found = []
    for row in rows:
        own, measured = row["own"], row["measured"]
        if own is None or own["feeling"] is None or measured is None:
            continue
        gap = measured["emotion"] - own["feeling"]
        if own["feeling"] < measured["low_80"]:
            found.append((abs(gap), gettext("{step}: customers feel better than you thought ({felt} against {own}).").format(
                step=row["label"], felt=f"{measured['emotion']:+.2f}", own=f"{own['feeling']:+.2f}")))  # fmt: skip
        elif own["feeling"] > measured["high_80"]:
            found.append((abs(gap), gettext("{step}: customers feel worse than you thought ({felt} against {own}).").format(
                step=row["label"], felt=f"{measured['emotion']:+.2f}", own=f"{own['feeling']:+.2f}")))  # fmt: skip
    return [sentence for _, sentence in sorted(found, reverse=True)[:MOST_TOLD]]


def _persona(request: ConsoleRequest, laid: Published) -> str:
    return _known(request.GET.get("persona", ""), laid)


def _known(name: str, laid: Published | None) -> str:
    """The persona named where the shop has it, else everybody."""
    known = laid.table("emotion_summary")["persona"].to_pylist() if laid else []
    return name if name in known else EVERYBODY


def _personas(laid: Published) -> list[dict[str, Any]]:
    rows = [row for row in laid.table("emotion_summary").to_pylist() if row["n"]]
    rows.sort(key=lambda row: (row["persona"] != EVERYBODY, -row["customer_count"]))
    return [{"name": row["persona"], "label": drawn.face(row["persona"]), "n": row["n"]} for row in rows]


def _curve(laid: Published, persona: str, axis: str = "steps") -> list[Row]:
    """The persona's curve along the steps, or along the days since the first order, as measured."""
    rows = Tables({"emotion_curve": laid.table("emotion_curve")}).rows("emotion_curve", persona=persona, axis=axis)
    rows = [row | {"label": _stage(axis, row["stage"])} for row in rows if row["emotion"] is not None]
    return sorted(rows, key=lambda row: row["place"])


def _stage(axis: str, stage: str) -> Any:
    """A step by its name; days as 0–6, the last of them as 365+."""
    if axis == "steps":
        return labels.JOURNEY[stage]
    return f"{stage[:-1]}+" if stage.endswith("-") else stage.replace("-", "–")


def _lines(steps: list[Row]) -> list[dict[str, Any]]:
    names = ("stage", "emotion", "low_80", "high_80", "n", "repeat_chance")
    return [{"label": str(row["label"]), **{name: row[name] for name in names}} for row in steps]


def _voice(row: Row, names: dict[str, str]) -> dict[str, Any]:
    return row | {
        "channel_label": CHANNELS.get(row["channel"], row["channel"]), "product": names.get(row["product_id"] or "", ""),
        "face": drawn.face(row["persona"]), "is_low": row["value"] < 0,
    }  # fmt: skip


PAGE = Page(
    _("Emotion curve"),
    (
        Route("emotion/", "emotion", emotion, "voices"),
        Route("emotion/sketch/", "sketch", sketch, "voices"),
        Route("emotion/sketch/save/", "sketch_save", save_sketch, "voices", "POST"),
        Route("emotion/<str:step>/", "emotion_step", step, "voices"),
        Route("emotion/<str:step>/repair/", "emotion_repair", repair, "settings", "POST"),
    ),
)
