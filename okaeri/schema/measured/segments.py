"""Who the customers are: rhythm, status, RFM, decile, CPM and behavioural clusters."""

from __future__ import annotations

from okaeri.schema.measured.history import CUSTOMER, REVENUE
from okaeri.schema.table import Column, Table

DAY = "days since 1970-01-01"
BASES = ("own", "first_product", "shop", "none")
STATUSES = ("first", "second", "repeat", "one_year", "dormant")
CPM_CLASSES = (
    "first", "first_gone", "young", "young_gone", "steady", "steady_gone", "trending", "trending_gone", "excellent",
    "excellent_gone",
)  # fmt: skip
NOT_YET = "not_yet"
RANKS = ("A", "B", "C", "D", "E")

CUSTOMERS = Column("customers", "int64", "Customers", "customers", nullable=False)
SHARE = Column("customer_share", "float64", "Share of all buyers", "share", nullable=False)
ORDERS = Column("orders", "int64", "Orders of these customers so far", "orders", nullable=False)
SUM_REVENUE = Column("revenue", "float64", "Past revenue of these customers", "yen", nullable=False)
SUM_PROFIT = Column("gross_profit", "float64", "Past gross profit of these customers; empty where a cost is unknown",
                    "yen")  # fmt: skip
MEAN_ORDER = Column("mean_order_value", "float64", "Revenue per order", "yen")


def interval(rate: str) -> tuple[Column, Column]:
    """The two ends of a rate's 95% interval (Wilson)."""
    return (
        Column(f"{rate}_low", "float64", f"Lower end of the 95% interval of {rate}", "share"),
        Column(f"{rate}_high", "float64", f"Upper end of the 95% interval of {rate}", "share"),
    )


def movement(name: str, scheme: str, choices: tuple[str, ...]) -> Table:
    """A table of movements between the classes of ``scheme``."""
    states = (NOT_YET, *choices)
    return Table(
        name,
        f"Movement between {scheme} from compare_days before as_of to as_of; the same rule at both dates.",
        f"one pair of {scheme}",
        ("from_class", "to_class"),
        (
            Column("from_class", "string", "Class at the earlier date; not_yet before the first order", nullable=False,
                   choices=states),
            Column("to_class", "string", "Class at as_of", nullable=False, choices=choices),
            CUSTOMERS,
            Column("from_customers", "int64", "Customers of the earlier class", "customers", nullable=False),
            Column("move_rate", "float64", "Share of the earlier class that is now in this class", "share",
                   nullable=False),
            *interval("move_rate"),
            Column("revenue_between", "float64", "Revenue of these customers between the two dates", "yen",
                   nullable=False),
        ),
    )  # fmt: skip


rhythm = Table(
    "rhythm",
    "Each buyer's usual days between orders, and the bounds of silence that follow from it.",
    "one customer with at least one order",
    ("customer_id",),
    (
        CUSTOMER,
        Column("interval_count", "int64", "Intervals between orders seen", "intervals", nullable=False),
        Column("median_interval", "float64", "The customer's own median days between orders", "days"),
        Column("interval_variation", "float64",
               "Standard deviation of the intervals over their mean; empty below two intervals", "ratio"),
        Column("group_interval", "float64",
               "Median days from first to second order of those with the same first product, else of the shop", "days"),
        Column("group_basis", "string", "Whose interval group_interval is", nullable=False, choices=BASES[1:]),
        Column("usual_interval", "float64", "Own median from the third order on, else group_interval", "days"),
        Column("basis", "string", "Whose interval usual_interval is", nullable=False, choices=BASES),
        Column("lapsing_after", "int64", "Days of silence beyond which the customer is lapsing (休眠予備)", "days",
               nullable=False),
        Column("dormant_after", "int64", "Days of silence beyond which the customer is dormant (休眠)", "days",
               nullable=False),
    ),
)  # fmt: skip

lapses = Table(
    "lapses",
    "Each time a buyer stayed silent beyond the dormant bound that held after the order before, returned or not.",
    "one silence of one customer",
    ("customer_id", "order_no"),
    (
        CUSTOMER,
        Column("order_no", "int64", "The order before the silence", "orders", nullable=False),
        Column("order_day", "int64", "Day of that order", DAY, nullable=False),
        Column("basis", "string", "Whose rhythm set the bound", nullable=False, choices=BASES),
        Column("dormant_after", "int64", "The bound", "days", nullable=False),
        Column("lapsed_day", "int64", "Day the bound was reached", DAY, nullable=False),
        Column("returned_day", "int64", "Day of the next order; empty while away", DAY),
    ),
)

dormancy_check = Table(
    "dormancy_check",
    "How good the dormant bounds are: how many come back by themselves beyond them.",
    "one basis of the bound, and all together",
    ("basis",),
    (
        Column("basis", "string", "Whose rhythm set the bound; all", nullable=False, choices=(*BASES, "all")),
        Column("lapse_count", "int64", "Silences beyond the bound", "lapses", nullable=False),
        Column("median_bound", "float64", "Median bound of these", "days", nullable=False),
        Column("ever_returned_count", "int64", "Silences that ended with an order so far", "lapses", nullable=False),
        Column("mature_count", "int64", "Silences whose bound was reached at least compare_days ago", "lapses",
               nullable=False),
        Column("returned_count", "int64", "Of the mature, those that ended within compare_days after the bound",
               "lapses", nullable=False),
        Column("return_rate", "float64", "returned_count over mature_count", "share"),
        *interval("return_rate"),
    ),
)  # fmt: skip

customer_status = Table(
    "customer_status",
    "Where each buyer stands: 初回, 2回, 3回以上, 1年 or 休眠, by the customer's own rhythm.",
    "one customer with at least one order",
    ("customer_id",),
    (
        CUSTOMER,
        Column("status", "string", "The one status", nullable=False, choices=STATUSES),
        Column("status_label", "string", "The status in Japanese", nullable=False),
        Column("is_lapsing", "boolean", "Silent beyond the lapsing bound, not yet dormant (休眠予備)", nullable=False),
        Column("recency_days", "int64", "Days since the latest order", "days", nullable=False),
        Column("usual_interval", "float64", "Days between orders expected of this customer", "days"),
        Column("basis", "string", "Whose rhythm that is", nullable=False, choices=BASES),
        Column("lapsing_after", "int64", "Lapsing bound used", "days", nullable=False),
        Column("dormant_after", "int64", "Dormant bound used", "days", nullable=False),
        Column("lapse_count", "int64", "Times the customer went silent beyond the bound", "lapses", nullable=False),
        Column("return_count", "int64", "Times the customer came back from it", "lapses", nullable=False),
        Column("last_returned_day", "int64", "Day of the latest such return", DAY),
        Column("is_revived", "boolean", "Came back from dormancy and is not dormant now (復活)", nullable=False),
    ),
)

customer_status_summary = Table(
    "customer_status_summary",
    "The statuses in numbers.",
    "one status",
    ("status",),
    (
        Column("status", "string", "Status", nullable=False, choices=STATUSES),
        Column("status_label", "string", "Status in Japanese", nullable=False),
        CUSTOMERS,
        SHARE,
        Column("lapsing_count", "int64", "Of these, lapsing (休眠予備)", "customers", nullable=False),
        Column("revived_count", "int64", "Of these, revived (復活)", "customers", nullable=False),
        ORDERS,
        SUM_REVENUE,
        SUM_PROFIT,
        MEAN_ORDER,
    ),
)

earlier_history = Table(
    "earlier_history",
    "Each buyer's past as it stood compare_days before as_of, and what came since.",
    "one customer with at least one order by as_of",
    ("customer_id",),
    (
        CUSTOMER,
        Column("first_day", "int64", "Day of the first order; empty if it came later", DAY),
        Column("last_day", "int64", "Day of the latest order by then", DAY),
        Column("order_count", "int64", "Orders by then", "orders", nullable=False),
        REVENUE,
        Column("revenue_between", "float64", "Revenue from then to as_of", "yen", nullable=False),
    ),
)

TABLES = (rhythm, lapses, dormancy_check, customer_status, customer_status_summary, earlier_history)
