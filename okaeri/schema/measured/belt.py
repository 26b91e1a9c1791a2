"""The belt: seven stations from lead to the dearest product, and the customers on it."""

from __future__ import annotations

from okaeri.schema.measured.history import CUSTOMER
from okaeri.schema.measured.segments import interval
from okaeri.schema.table import Column, Table

#: Code and Japanese label of each station, in order; numbers start at 1.
STATIONS = (
    ("acquired", "新規獲得"),
    ("first_order", "初回購入"),
    ("repeat", "リピート"),
    ("step_up", "単価アップ"),
    ("fan", "ファン化"),
    ("word_of_mouth", "口コミ"),
    ("premium", "高単価商品"),
)
OUTCOMES = ("forward", "leak", "still")
#: Where a stay may lead: a station's number, any station beyond, out of the shop, or out of the station either way.
DESTINATIONS = ("2", "3", "4", "5", "6", "7", "forward", "leak", "left")

STATION = Column("station", "int64", "Place on the belt, 1 to 7", "station", nullable=False)

station_entries = Table(
    "station_entries",
    "Each stay of a known customer at a station. A customer stands at the highest station entered so far; the dormant "
    "bound ends a stay as a leak; an order after it begins a new one.",
    "one stay of one customer",
    ("customer_id", "entered_on"),
    (
        CUSTOMER,
        STATION,
        Column("entered_on", "date", "Day the stay began", nullable=False),
        Column("left_on", "date", "Day it ended; empty while it lasts"),
        Column("outcome", "string", "forward: to a higher station; leak: out of the shop; still: there", nullable=False,
               choices=OUTCOMES),
        Column("next_station", "int64", "The station moved to, where forward", "station"),
        Column("days_inside", "int64", "Days from entering to leaving, or to as_of", "days", nullable=False),
        Column("is_revived", "boolean", "Began with a return from beyond the dormant bound (復活)", nullable=False),
    ),
)  # fmt: skip

station_days = Table(
    "station_days",
    "Each station by days since entry: who is still there, who leaves, and what they spend.",
    "one day of stay on which somebody left, was last seen or spent",
    ("station", "day"),
    (
        STATION,
        Column("day", "int64", "Days since the stay began", "days", nullable=False),
        Column("at_risk", "int64", "Stays that lasted to this day and are seen on it", "stays", nullable=False),
        Column("forward_count", "int64", "Of these, moved to a higher station on this day", "stays", nullable=False),
        Column("leak_count", "int64", "Of these, leaked on this day", "stays", nullable=False),
        Column("still_count", "int64", "Stays not seen from this day on, because as_of came", "stays", nullable=False),
        Column("staying", "int64", "at_risk less those who left", "stays", nullable=False),
        Column("survival_before", "float64", "Chance to be still there before this day (Kaplan-Meier)", "share",
               nullable=False),
        Column("survival", "float64", "Chance to be still there after it", "share", nullable=False),
        Column("revenue", "float64", "Revenue on this day of stay", "yen", nullable=False),
        Column("gross_profit", "float64", "Gross profit on this day of stay; empty where a cost is unknown", "yen"),
    ),
)  # fmt: skip

station_incidence = Table(
    "station_incidence",
    "Chance to have gone each way by days since entry, with stays not yet ended counted for what they were seen "
    "(Aalen-Johansen).",
    "one way out of one station and one day on which somebody left it",
    ("station", "destination", "day"),
    (
        STATION,
        Column("destination", "string", "A station's number; forward: any of them; leak; left: forward or leak",
               nullable=False, choices=DESTINATIONS),
        Column("day", "int64", "Days since the stay began", "days", nullable=False),
        Column("at_risk", "int64", "Stays that lasted to this day", "stays", nullable=False),
        Column("left_count", "int64", "Of these, left on this day either way", "stays", nullable=False),
        Column("moved_count", "int64", "Of these, went this way", "stays", nullable=False),
        Column("survival_before", "float64", "Chance to be still there before this day", "share", nullable=False),
        Column("incidence", "float64", "Chance to have gone this way by this day", "share", nullable=False),
    ),
)  # fmt: skip

belt = Table(
    "belt",
    "The seven stations: who is there, who moves on, who leaks, and what moving one more percent on would bring.",
    "one station",
    ("station",),
    (
        STATION,
        Column("code", "string", "Name of the station", nullable=False),
        Column("label", "string", "Name in Japanese", nullable=False),
        Column("in_count", "int64", "Stays begun so far", "stays", nullable=False),
        Column("forward_count", "int64", "Of these, moved to a higher station", "stays", nullable=False),
        Column("leak_count", "int64", "Of these, leaked", "stays", nullable=False),
        Column("still_count", "int64", "Of these, there now: the people at the station", "customers", nullable=False),
        Column("revived_count", "int64", "Stays begun by a return from dormancy", "stays", nullable=False),
        Column("recent_in_count", "int64", "Stays begun in the last compare_days", "stays", nullable=False),
        Column("recent_forward_count", "int64", "Moves on in the last compare_days", "stays", nullable=False),
        Column("recent_leak_count", "int64", "Leaks in the last compare_days", "stays", nullable=False),
        Column("forward_rate", "float64", "Chance to move on, as far as stays have been followed", "share"),
        *interval("forward_rate"),
        Column("leak_rate", "float64", "Chance to leak, as far as stays have been followed", "share"),
        *interval("leak_rate"),
        Column("settled_rate", "float64", "forward_rate + leak_rate: how much of the fate is known (maturity)",
               "share"),
        Column("median_days_forward", "int64", "Days by which half of those who move on have done so", "days"),
        Column("median_days_inside", "int64", "Days by which half have left; empty where fewer than half do", "days"),
        Column("cost", "float64", "Spent on people at this station as far as recorded (at 1: on winning them)", "yen"),
        Column("stay_revenue", "float64", "Expected revenue of one stay", "yen"),
        Column("expected_revenue", "float64", "Expected revenue from here until leaking: this stay and all later",
               "yen"),
        Column("expected_gross_profit", "float64", "The same in gross profit; empty where a cost is unknown", "yen"),
        Column("onward_revenue", "float64", "Mean expected_revenue where those who move on go", "yen"),
        Column("revenue_per_percent", "float64", "Revenue gained if one more percent of the people here moved on "
               "instead of leaking", "yen"),
        Column("gross_profit_per_percent", "float64", "The same in gross profit", "yen"),
        Column("is_bottleneck", "boolean", "The station with the largest such gain (in gross profit where known)",
               nullable=False),
    ),
)  # fmt: skip

belt_flow = Table(
    "belt_flow",
    "Where the customers of each station go.",
    "one way out of one station",
    ("from_station", "to_station"),
    (
        Column("from_station", "int64", "The station", "station", nullable=False),
        Column("to_station", "string", "A station's number, leak, or still (there as far as followed)", nullable=False,
               choices=(*DESTINATIONS[:6], "leak", "still")),
        Column("customers", "int64", "Stays that went this way", "stays", nullable=False),
        Column("move_rate", "float64", "Chance to go this way, as far as stays have been followed", "share"),
        *interval("move_rate"),
        Column("median_days", "int64", "Days by which half of those who go this way have gone", "days"),
    ),
)  # fmt: skip

customers_now = Table(
    "customers_now",
    "Everything measured of each known customer today, buyers and leads, in one row.",
    "one known customer",
    ("customer_id",),
    (
        CUSTOMER,
        Column("is_buyer", "boolean", "Ordered at least once", nullable=False),
        Column("first_seen_on", "date", "First sign of the customer; empty where unknown"),
        Column("first_order_on", "date", "Day of the first order"),
        Column("last_order_on", "date", "Day of the latest order"),
        Column("recency_days", "int64", "Days since the latest order", "days"),
        Column("order_count", "int64", "Orders so far (the n of Fn)", "orders", nullable=False),
        Column("revenue", "float64", "Past revenue", "yen", nullable=False),
        Column("gross_profit", "float64", "Past gross profit; empty where a cost is unknown", "yen"),
        Column("mean_order_value", "float64", "Revenue per order", "yen"),
        Column("mean_interval", "float64", "Mean days between orders", "days"),
        Column("usual_interval", "float64", "Days between orders expected of this customer", "days"),
        Column("next_order_expected_on", "date", "Latest order plus usual_interval"),
        Column("first_product", "string", "Main product of the first order"),
        Column("first_store", "string", "Store of the first order"),
        Column("acquired_via", "string", "How the customer came", nullable=False),
        Column("acquired_campaign", "string", "Campaign that brought the customer"),
        Column("acquisition_cost", "float64", "Cost of winning the customer; empty where unknown", "yen"),
        Column("region", "string", "Prefecture or region"),
        Column("gender", "string", "As the shop recorded it"),
        Column("age_band", "string", "Age at as_of in tens"),
        Column("status", "string", "初回 ... 休眠, see customer_status; empty for leads"),
        Column("status_label", "string", "The status in Japanese"),
        Column("is_lapsing", "boolean", "休眠予備", nullable=False),
        Column("is_revived", "boolean", "Came back from dormancy and is not dormant now (復活)", nullable=False),
        Column("dormant_after", "int64", "Days of silence beyond which the customer is dormant", "days"),
        Column("cpm", "string", "CPM class"),
        Column("cpm_label", "string", "CPM class in Japanese"),
        Column("r", "int64", "Recency step", "step"),
        Column("f", "int64", "Frequency step", "step"),
        Column("m", "int64", "Value step", "step"),
        Column("rank", "string", "RFM rank, A to E"),
        Column("decile", "int64", "1 = most revenue", "decile"),
        Column("cluster", "int64", "Behavioural cluster", "cluster"),
        Column("cluster_label", "string", "The cluster's strongest traits in Japanese"),
        Column("station", "int64", "Place on the belt; empty where away", "station"),
        Column("station_label", "string", "The station in Japanese"),
        Column("days_in_station", "int64", "Days there", "days"),
        Column("stock_items", "int64", "Products the customer probably still has, or has just used up", "products",
               nullable=False),
        Column("run_out_items", "int64", "Of these, expected to be used up by as_of", "products", nullable=False),
        Column("next_runs_out_on", "date", "Earliest day one of these is used up, see stock_at_home"),
        Column("next_runs_out_product", "string", "That product; ties by code"),
    ),
)  # fmt: skip

TABLES = (station_entries, station_days, station_incidence, belt, belt_flow, customers_now)
