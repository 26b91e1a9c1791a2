"""Customers ranked, classed and clustered by what they bought: RFM, decile, CPM, clusters."""

from __future__ import annotations

from okaeri.schema.measured.history import CUSTOMER
from okaeri.schema.measured.segments import (
    CPM_CLASSES,
    CUSTOMERS,
    MEAN_ORDER,
    NOT_YET,
    ORDERS,
    RANKS,
    SHARE,
    SUM_PROFIT,
    SUM_REVENUE,
    movement,
)
from okaeri.schema.table import Column, Table

REVENUE_SHARE = Column("revenue_share", "float64", "Share of all past revenue", "share")
R_STEP = Column("r", "int64", "Recency step, 5 = most recent", "step", nullable=False)
F_STEP = Column("f", "int64", "Frequency step, 5 = most orders", "step", nullable=False)
M_STEP = Column("m", "int64", "Value step, 5 = most revenue", "step", nullable=False)

rfm = Table(
    "rfm",
    "Recency, frequency and value of each buyer in five steps each: by the shop's fixed bounds, and by fifths.",
    "one customer with at least one order",
    ("customer_id",),
    (
        CUSTOMER,
        Column("recency_days", "int64", "Days since the latest order", "days", nullable=False),
        Column("order_count", "int64", "Orders so far", "orders", nullable=False),
        Column("revenue", "float64", "Past revenue", "yen", nullable=False),
        R_STEP,
        F_STEP,
        M_STEP,
        Column("rank", "string", "A (r + f + m from 13), B (11), C (8), D (5), E", nullable=False, choices=RANKS),
        Column("r_quantile", "int64", "Fifth by recency, 5 = most recent; ties by customer_id", "step", nullable=False),
        Column("f_quantile", "int64", "Fifth by orders, 5 = most; ties by customer_id", "step", nullable=False),
        Column("m_quantile", "int64", "Fifth by revenue, 5 = most; ties by customer_id", "step", nullable=False),
    ),
)

rfm_grid = Table(
    "rfm_grid",
    "The cells of RFM by the fixed bounds.",
    "one occupied cell of recency, frequency and value step",
    ("r", "f", "m"),
    (R_STEP, F_STEP, M_STEP, CUSTOMERS, SHARE, ORDERS, SUM_REVENUE, REVENUE_SHARE, SUM_PROFIT, MEAN_ORDER),
)

rfm_bounds = Table(
    "rfm_bounds",
    "The bounds of RFM in force beside those the shop's own data suggest (fifths, rounded to readable numbers).",
    "one bound of one axis",
    ("axis", "step"),
    (
        Column("axis", "string", "recency: upper bound of a step; frequency, value: lower bound", nullable=False,
               choices=("recency", "frequency", "value")),
        Column("step", "int64", "The step the bound belongs to", "step", nullable=False),
        Column("in_force", "float64", "Bound in force", "days, orders or yen", nullable=False),
        Column("quantile", "float64", "The quantile of the shop's own data", "days, orders or yen"),
        Column("suggested", "float64", "The same rounded, and larger than the bound before", "days, orders or yen"),
    ),
)  # fmt: skip

decile = Table(
    "decile",
    "Buyers in ten groups of equal size by past revenue (デシル).",
    "one customer with at least one order",
    ("customer_id",),
    (CUSTOMER, Column("decile", "int64", "1 = most revenue; ties by customer_id", "decile", nullable=False)),
)

decile_summary = Table(
    "decile_summary",
    "The ten groups in numbers.",
    "one decile",
    ("decile",),
    (
        Column("decile", "int64", "1 = most revenue", "decile", nullable=False),
        CUSTOMERS,
        ORDERS,
        SUM_REVENUE,
        REVENUE_SHARE,
        Column("cumulative_share", "float64", "Revenue share of this and all better deciles", "share"),
        SUM_PROFIT,
        Column("revenue_per_customer", "float64", "Past revenue per customer", "yen", nullable=False),
        MEAN_ORDER,
    ),
)

CPM_CODE = Column("cpm", "string", "The one class; _gone = 離脱", nullable=False, choices=CPM_CLASSES)
CPM_LABEL = Column("cpm_label", "string", "The class in Japanese", nullable=False)

cpm = Table(
    "cpm",
    "Customer portfolio (CPM): 初回, よちよち, コツコツ, 流行, 優良, each 現役 or 離脱.",
    "one customer with at least one order",
    ("customer_id",),
    (
        CUSTOMER,
        CPM_CODE,
        CPM_LABEL,
        Column("tenure_days", "int64", "Days from first to latest order (在籍日数)", "days", nullable=False),
        Column("is_gone", "boolean", "No order for dormant_after days (離脱)", nullable=False),
    ),
)

cpm_summary = Table(
    "cpm_summary",
    "The ten classes in numbers; classes without customers are there with zeros.",
    "one class",
    ("cpm",),
    (CPM_CODE, CPM_LABEL, CUSTOMERS, SHARE, ORDERS, SUM_REVENUE, REVENUE_SHARE, SUM_PROFIT, MEAN_ORDER),
)

earlier_classes = Table(
    "earlier_classes",
    "The CPM class and RFM rank of each buyer compare_days before as_of, by the same rules.",
    "one customer with at least one order by as_of",
    ("customer_id",),
    (
        CUSTOMER,
        Column("cpm_before", "string", "CPM class then; not_yet before the first order", nullable=False,
               choices=(NOT_YET, *CPM_CLASSES)),
        Column("rank_before", "string", "RFM rank then, by the fixed bounds; not_yet before the first order",
               nullable=False, choices=(NOT_YET, *RANKS)),
        Column("revenue_between", "float64", "Revenue from then to as_of", "yen", nullable=False),
    ),
)  # fmt: skip

cpm_movement = movement("cpm_movement", "CPM classes", CPM_CLASSES)
rfm_movement = movement("rfm_movement", "RFM ranks", RANKS)

clusters = Table(
    "clusters",
    "Buyers in behavioural clusters: recency, frequency, mean order value, tenure and regularity.",
    "one customer with at least one order",
    ("customer_id",),
    (
        CUSTOMER,
        Column("cluster", "int64", "Number of the cluster, 1 = most revenue per customer", "cluster", nullable=False),
        Column("cluster_code", "string", "The cluster's strongest traits", nullable=False),
        Column("cluster_label", "string", "The same in Japanese", nullable=False),
        Column("z_recency", "float64", "Log days since the latest order, standardised", "sd", nullable=False),
        Column("z_frequency", "float64", "Log orders, standardised", "sd", nullable=False),
        Column("z_order_value", "float64", "Log revenue per order, standardised", "sd", nullable=False),
        Column("z_tenure", "float64", "Log days from first to latest order, standardised", "sd", nullable=False),
        Column("z_variation", "float64", "Variation of the intervals, standardised; 0 where unknown", "sd",
               nullable=False),
    ),
)  # fmt: skip

cluster_profiles = Table(
    "cluster_profiles",
    "What the clusters are like.",
    "one cluster",
    ("cluster",),
    (
        Column("cluster", "int64", "Number of the cluster, 1 = most revenue per customer", "cluster", nullable=False),
        Column("cluster_code", "string", "The cluster's strongest traits", nullable=False),
        Column("cluster_label", "string", "The same in Japanese", nullable=False),
        CUSTOMERS,
        SHARE,
        ORDERS,
        SUM_REVENUE,
        REVENUE_SHARE,
        SUM_PROFIT,
        MEAN_ORDER,
        Column("revenue_per_customer", "float64", "Past revenue per customer", "yen", nullable=False),
        Column("mean_recency_days", "float64", "Mean days since the latest order", "days", nullable=False),
        Column("mean_order_count", "float64", "Mean orders per customer", "orders", nullable=False),
        Column("mean_tenure_days", "float64", "Mean days from first to latest order", "days", nullable=False),
        *(
            Column(f"z_{trait}", "float64", f"Mean of z_{trait} in the cluster", "sd", nullable=False)
            for trait in ("recency", "frequency", "order_value", "tenure", "variation")
        ),
    ),
)

TABLES = (
    rfm, rfm_grid, rfm_bounds, rfm_movement, decile, decile_summary, cpm, cpm_summary, cpm_movement, clusters,
    cluster_profiles, earlier_classes,
)  # fmt: skip
