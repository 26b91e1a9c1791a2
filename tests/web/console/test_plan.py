"""Plan, start page, stations and the sketch: figures are those of the tables, and what is saved is saved once."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from html import unescape

import pyarrow as pa
import pytest
from django.utils.translation import override

from okaeri.loop.workspace import start_django

start_django()

from okaeri.loop import planning  # noqa: E402
from okaeri.loop.published import Published, published  # noqa: E402
from okaeri.loop.workspace import SETTINGS_FILE  # noqa: E402
from okaeri.predict.plan import AS_NOW, PARTS, Factors  # noqa: E402
from okaeri.records.models import AuditEntry, Plan, Sketch  # noqa: E402
from okaeri.schema.settings import settings_in  # noqa: E402
from okaeri.web.report.figures import count, money, people, share  # noqa: E402
from tests.web.console.shops import client_of, measured_shop  # noqa: E402


@pytest.fixture(scope="module")
def shop(tmp_path_factory):
    return measured_shop(tmp_path_factory.mktemp("plan"))


@pytest.fixture
def records(shop):
    """The shop's records in use, as found: plans and sketches of one test do not meet the next."""
    with shop.workspace.records():
        yield
        Plan.objects.all().delete()
        Sketch.objects.all().delete()
        AuditEntry.objects.all().delete()


@pytest.fixture
def desk(shop, records):
    return planning.desk(published(shop.workspace), shop.workspace.settings.rules)


def rows(shop, table, **equal):
    return [row for row in shop.show(table).to_pylist() if all(row[name] == value for name, value in equal.items())]


def words(answer):
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", answer.content.decode())).split())


def form(desk, **changed):
    levels = desk.levels | changed
    return {
        "newcomers": levels["newcomers"], "f2_rate": 100 * levels["f2_rate"], "order_value": levels["order_value"],
        "repeat_rate": 100 * levels["repeat_rate"], "key": "k1",
    }  # fmt: skip


def test_at_the_present_the_plan_says_the_measured_ltv(shop, desk):
    (row,) = rows(shop, "kpi_effect", horizon_days=365, value_kind="revenue", kpi="f2_rate")
    seen = desk.told(AS_NOW)
    assert seen["ltv"] == pytest.approx(row["ltv"])
    answer = client_of(shop, "read_only").get("/console/plan/")
    with override("ja"):
        assert money(row["ltv"]) in words(answer)
        assert money(seen["total"]) in words(answer)


def test_existing_customers_bring_their_forecast_over_the_days_it_covers(shop, desk):
    """The planned months cover 365 days, the forecast 364: the plan's share of it is the whole but for the last day."""
    forecast = rows(shop, "forecast_total")
    planned = desk.basis.existing_revenue.sum()
    last = forecast[-1]["expected_revenue"] / 28
    assert planned == pytest.approx(sum(row["expected_revenue"] for row in forecast) + last, rel=1e-9)
    assert sum(row["expected_revenue"] for row in forecast) == pytest.approx(
        sum(row["expected_revenue"] for row in rows(shop, "forecast"))
    )


def test_the_levels_now_are_those_of_the_tables_and_the_best_quarter_is_above_them(shop, desk):
    (f2,), (spend,) = (rows(shop, "kpis", cohort="all", kpi=name) for name in ("f2_rate", "order_value"))
    (third,) = rows(shop, "f_ladder", cohort="all", order_no=3)
    over = [row["newcomers"] for row in rows(shop, "sales_months") if row["is_over"]][-12:]
    assert desk.levels == pytest.approx(
        {
            "newcomers": sum(over) / 12,
            "f2_rate": f2["value"],
            "repeat_rate": third["rate"],
            "order_value": spend["value"],
        }
    )
    quarters = [sum(over[place : place + 3]) / 3 for place in range(10)]
    assert desk.best["newcomers"] == pytest.approx(max(quarters))
    assert all(desk.best[name] >= desk.levels[name] for name in desk.levels)


@dataclass(frozen=True, eq=False)
class Instead(Published):
    """A refresh of which some tables tell something else."""

    others: Mapping[str, pa.Table] = field(default_factory=dict)

    # No two are alike, as what is worked out of one is kept.
    __eq__, __hash__ = object.__eq__, object.__hash__

    def table(self, name):
        return self.others[name] if name in self.others else super().table(name)


def instead(shop, as_of=None, **others):
    laid = published(shop.workspace)
    told = {name: pa.Table.from_pylist(rows, schema=laid.table(name).schema) for name, rows in others.items()}
    return planning.desk(Instead(laid.folder, as_of or laid.as_of, laid.facts, told), shop.workspace.settings.rules)


def test_newcomers_of_the_days_before_the_first_planned_month_are_counted(shop, desk):
    assert desk.basis.newcomers_before == 0
    late = instead(shop, as_of=date(2026, 4, 11))
    assert late.months[0] == "2026-05"
    assert late.basis.newcomers_before == pytest.approx(late.levels["newcomers"] * 20 / 30.4375)


def test_orders_of_customers_there_are_taken_apart_as_the_tables_take_them(shop, desk):
    each = {
        row["month_offset"]: row["orders"] / row["n"] for row in rows(shop, "newcomer_months", order_no=2) if row["n"]
    }
    for place in (0, 5):
        year, month = map(int, desk.months[place].split("-"))
        seconds = 0.0
        for row in rows(shop, "sales_months"):
            won_year, won_month = map(int, row["month"].split("-"))
            seconds += row["newcomers"] * each.get((year - won_year) * 12 + month - won_month, 0.0)
        assert desk.basis.seconds[place] == pytest.approx(seconds)
    groups = {row["has_repeated"]: row["expected_orders"] for row in rows(shop, "existing_value")}
    share = groups[False] / sum(groups.values())
    assert desk.basis.from_once == pytest.approx(share * desk.basis.existing_orders.sum())


def test_a_quarter_of_a_few_customers_is_nobodys_best_and_a_margin_with_a_gap_is_none(shop, desk):
    everybody, *months = sorted(rows(shop, "kpis", kpi="f2_rate"), key=lambda row: row["cohort"] != "all")
    assert everybody["cohort"] == "all"
    lucky = [{**row, "value": 0.99, "n": 3, "is_mature": True} for row in months[:3]]
    others = [row for row in shop.show("kpis").to_pylist() if row["kpi"] != "f2_rate"]
    assert instead(shop, kpis=[everybody, *lucky, *others]).best["f2_rate"] == everybody["value"]
    sales = shop.show("sales_months").to_pylist()
    costs = [{**row, "gross_profit": 0.5 * row["revenue"]} for row in sales]
    assert instead(shop, sales_months=costs).margin == pytest.approx(0.5)
    gap = [{**row, "gross_profit": None} if row is costs[-2] else row for row in costs]
    assert instead(shop, sales_months=gap).margin is None


def test_the_part_behind_the_sliders_follows_them(shop, desk):
    wanted = {"order_value": desk.levels["order_value"] * 1.1}
    client = client_of(shop, "analyst")
    answer = client.get("/console/plan/outlook/", {k: v for k, v in form(desk, **wanted).items() if k != "key"})
    seen = desk.outlook(Factors(order_value=1.1))
    with override("ja"):
        assert money(seen.ltv) in words(answer)
        assert money(seen.total) in words(answer)
    assert seen.total == pytest.approx(1.1 * desk.outlook(AS_NOW).total)
    assert "<html" not in answer.content.decode()


def test_a_plan_sent_twice_is_one_plan_with_who_and_what(shop, desk):
    client = client_of(shop, "marketer")
    for _ in range(2):
        assert client.post("/console/plan/save/", form(desk, f2_rate=desk.levels["f2_rate"] * 1.2)).status_code == 303
    (plan,) = Plan.objects.all()
    assert (plan.made_by, plan.as_of) == ("marketer", desk.as_of)
    assert plan.factors == pytest.approx({"newcomers": 1.0, "f2_rate": 1.2, "repeat_rate": 1.0, "order_value": 1.0})
    assert plan.told["ltv"] == pytest.approx(desk.outlook(Factors(f2_rate=1.2)).ltv)
    assert [entry.actor for entry in AuditEntry.objects.filter(action="plan")] == ["marketer"]
    again = form(desk) | {"key": "k2"}
    client.post("/console/plan/save/", again)
    assert Plan.objects.count() == 2
    assert planning.in_force().key == "k2"


@pytest.mark.parametrize(
    "wrong", [{"f2_rate": "x"}, {"f2_rate": "nan"}, {"f2_rate": "180"}, {"order_value": "-1"}, {"key": ""}]
)
def test_a_plan_that_is_no_plan_changes_nothing(shop, desk, wrong):
    answer = client_of(shop, "owner").post("/console/plan/save/", form(desk) | wrong)
    assert answer.status_code == 422
    assert not Plan.objects.exists()


def test_without_a_plan_the_start_page_holds_kpis_against_the_targets_of_the_settings(shop, desk):
    client, file = client_of(shop, "owner"), shop.workspace.path / "okaeri.toml"
    before = file.read_bytes()
    file.write_bytes(before + b"\n[targets]\nltv = 98765.0\nrepeat_rate = 0.987\n")
    try:
        text = words(client.get("/console/"))
        with override("ja"):
            assert f"目標 {money(98765)}" in text
            assert f"目標 {share(0.987)}" in text
            assert f"不足 {share(desk.levels['repeat_rate'] - 0.987)}" in text
        assert text.count("目標 ") == 2
        assert "設定の目標" in text
        client.post("/console/plan/save/", form(desk, order_value=desk.levels["order_value"] * 1.25))
        text = words(client.get("/console/"))
        assert text.count("目標 ") == 4
        assert "設定の目標" not in text
        assert "98,765" not in text
    finally:
        file.write_bytes(before)


def test_the_start_page_holds_kpis_against_the_plans_targets(shop, desk):
    client = client_of(shop, "owner")
    client.post("/console/plan/save/", form(desk, order_value=desk.levels["order_value"] * 1.25))
    text = words(client.get("/console/"))
    (curve,) = rows(shop, "ltv_curve", dimension="all", value_kind="revenue", age_days=365)
    with override("ja"):
        for told in (money(desk.levels["order_value"] * 1.25), share(desk.levels["f2_rate"]), money(curve["ltv"])):
            assert told in text, told
        assert money(-desk.levels["order_value"] * 0.25) in text


def test_what_came_is_split_without_rest_and_what_is_missing_is_asked_of_the_months_left(shop, desk):
    """A plan told as if it had been made half a year ago, against the months since."""
    told = desk.told(Factors(order_value=1.3))
    over = [row["month"] for row in rows(shop, "sales_months") if row["is_over"]]
    old = told | {"months": [
        month | {"month": name} for month, name in zip(told["months"], [*over[-6:], *desk.months[:6]], strict=True)
    ]}  # fmt: skip
    held = planning.progress(published(shop.workspace), old)
    sales = {row["month"]: row["revenue"] for row in rows(shop, "sales_months")}
    done = held.months[:6]
    assert [month["came"] for month in done] == pytest.approx([sales[name] for name in over[-6:]])
    assert [month["came"] for month in held.months[6:]] == [None] * 6
    for month in done:
        assert sum(month["parts"].values()) == pytest.approx(month["came"] - month["planned"])
    assert tuple(held.parts) == PARTS
    assert sum(held.parts.values()) == pytest.approx(held.came - held.planned)
    assert held.missing == pytest.approx(told["total"] - held.came)
    needed, best = planning.proposals(desk, held)
    assert (needed["kind"], best["kind"]) == ("needed", "best")
    if needed["share"] is not None:
        goal = desk.factors({name: desk.best[name] for name in ("f2_rate", "repeat_rate", "order_value")})
        brings = desk.outlook(AS_NOW.toward(goal, needed["share"])).months.revenue[:6].sum()
        assert brings == pytest.approx(held.missing, rel=1e-3) or needed["share"] == 0.0


def test_the_change_of_sales_and_its_parts_stand_on_the_start_page(shop, records):
    text = words(client_of(shop, "read_only").get("/console/"))
    for days in (7, 90):
        told = rows(shop, "sales_change", window_days=days, dimension="all")
        assert len(told) == 6
        with override("ja"):
            for row in told:
                if row["effect"]:
                    assert money(row["effect"]) in text, (days, row["part"])
            assert money(told[0]["revenue_now"]) in text


def test_a_station_shows_who_stands_there_and_who_may_leave(shop, records):
    client = client_of(shop, "support")
    people_now = shop.show("customers_now").to_pylist()
    risks = shop.show("churn_risk").to_pylist()
    for station in range(1, 8):
        answer = client.get(f"/console/belt/{station}/")
        text = words(answer)
        here = {row["customer_id"] for row in people_now if row["station"] == station}
        with override("ja"):
            assert people(len(here)) in text
        most = sorted((row for row in risks if row["customer_id"] in here), key=lambda row: -(row["yen_at_stake"] or 0))
        with override("ja"):
            for row in most[:3]:
                assert row["customer_id"] in text
                assert money(row["yen_at_stake"]) in text
    assert client.get("/console/belt/8/").status_code == 404


def told(shop, step, persona):
    from okaeri.loop.published import published
    from okaeri.loop.step_voices import voices_at

    with shop.workspace.records():
        return [(row["value"], row["voice_id"]) for row in voices_at(published(shop.workspace), step, persona)]


def by_hand(signals, voices, step, persona):
    """The 600 lowest signals of the step, of those with words the lowest 30, the newest of equals."""
    days = {row["voice_id"]: row["voice_date"] for row in voices if row["text"]}
    asked = [row for row in signals if row["step"] == step and row["voice_id"] and persona in ("all", row["persona"])]
    asked.sort(key=lambda row: (row["value"], -row["signal_day"], row["voice_id"]))
    heard = {(row["value"], row["voice_id"]) for row in asked[:600] if row["voice_id"] in days}
    return sorted(heard, key=lambda pair: (pair[0], -days[pair[1]].toordinal(), pair[1]))[:30]


def test_voices_of_a_step_are_those_the_table_of_signals_names(shop, records):
    client = client_of(shop, "support")
    signals = rows(shop, "emotion_signals")
    said = {row["voice_id"]: row["text"] for row in shop.show("voices").to_pylist() if row["text"]}
    steps = {row["step"] for row in signals if row["voice_id"] in said}
    assert steps
    for step in sorted(step for step in steps if step):
        heard = sorted(
            (row["value"], row["voice_id"]) for row in signals if row["step"] == step and row["voice_id"] in said
        )
        text = words(client.get(f"/console/emotion/{step}/"))
        assert " ".join(said[heard[0][1]].split()) in text or heard[0][0] == heard[1][0]
        for persona in {row["persona"] for row in signals} - {None} | {"all"}:
            assert told(shop, step, persona) == by_hand(signals, shop.show("voices").to_pylist(), step, persona)
    assert client.get("/console/emotion/nowhere/").status_code == 404
    assert client_of(shop, "read_only").get("/console/emotion/delivery/").status_code == 403


def test_a_repair_is_entered_once_and_taken_back_on_the_page_of_its_step(shop, records):
    def entered():
        return settings_in((shop.workspace.path / SETTINGS_FILE).read_bytes(), SETTINGS_FILE).rules.repairs

    client, address = client_of(shop, "marketer"), "/console/emotion/delivery/repair/"
    for day in ("2026-03-01", "2025-12-24", "2026-03-01"):
        assert client.post(address, {"day": day, "act": "enter"}).status_code == 303
    assert entered() == ("2025-12-24 delivery", "2026-03-01 delivery")
    text = client.get("/console/emotion/delivery/").content.decode()
    assert 'value="2026-03-01"' in text
    assert 'value="2026-03-01"' not in client.get("/console/emotion/price/").content.decode()
    assert "/repair/" not in client_of(shop, "support").get("/console/emotion/delivery/").content.decode()
    for wrong in ("", "soon", "2199-01-01"):
        assert client.post(address, {"day": wrong, "act": "enter"}).status_code == 422
    assert client.post("/console/emotion/nowhere/repair/", {"day": "2026-03-01"}).status_code == 404
    assert client_of(shop, "support").post(address, {"day": "2026-03-02", "act": "enter"}).status_code == 403
    for _ in range(2):
        for day in ("2026-03-01", "2025-12-24"):
            assert client.post(address, {"day": day, "act": "take_back"}).status_code == 303
    assert entered() == ()
    assert AuditEntry.objects.filter(action="settings", detail__has_key="rules.repairs").count() == 4


def test_a_sketch_is_kept_for_its_author_and_compared_with_what_was_measured(shop, records):
    client = client_of(shop, "analyst")
    told = {"persona": "all", "action-delivery": "Waits", "thought-delivery": "<b>Where is it?</b>", "felt-delivery": "1",
            "feeling-delivery": "-5", "feeling-price": "0.4", "action-unknown": "x"}  # fmt: skip
    for _ in range(2):
        assert client.post("/console/emotion/sketch/save/", told).status_code == 303
    (kept,) = Sketch.objects.all()
    assert kept.steps == [{"step": "delivery", "action": "Waits", "thought": "<b>Where is it?</b>", "feeling": -1.0}]
    page = client.get("/console/emotion/sketch/").content.decode()
    assert "&lt;b&gt;Where is it?&lt;/b&gt;" in page
    assert "chart-sketch" in page
    curve = rows(shop, "emotion_curve", persona="all", axis="steps", stage="delivery")
    if curve and curve[0]["emotion"] is not None:
        assert f"{curve[0]['emotion']:+.2f}" in page
    other = client_of(shop, "owner").get("/console/emotion/sketch/").content.decode()
    assert "Where is it?" not in other


def test_sales_so_far_and_ahead_stand_on_the_page_of_value(shop, records):
    text = words(client_of(shop, "read_only").get("/console/value/"))
    forecast = rows(shop, "forecast_total")
    with override("ja"):
        assert money(sum(row["expected_revenue"] for row in forecast)) in text
        for row in (forecast[0], forecast[-1]):
            assert money(row["expected_revenue"]) in text
            assert count(row["expected_orders"]) in text


def test_a_fiscal_year_begins_where_the_shop_says(shop, records):
    laid = published(shop.workspace)
    sales = {row["month"]: row["revenue"] for row in rows(shop, "sales_months", is_over=True)}
    by_start = [planning.fiscal_years(laid, start) for start in range(1, 13)]
    for start, years in enumerate(by_start, 1):
        assert {year.first[5:] for year in years} == {f"{start:02d}"}
        assert sum(year.revenue for year in years) == pytest.approx(sum(sales.values()))
        assert sum(year.months for year in years) == len(sales)
    newest = by_start[0][0]
    months = [month for month in sales if month.startswith(newest.first[:4])]
    earlier = [f"{int(month[:4]) - 1}{month[4:]}" for month in months]
    assert newest.before == pytest.approx(sum(sales[month] for month in earlier))
    assert newest.change == pytest.approx(sum(sales[month] for month in months) / newest.before - 1)
    assert by_start[0][-1].before is None
