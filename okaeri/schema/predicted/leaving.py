"""Who leaves, and when those who stay order next."""

from __future__ import annotations

from okaeri.schema.measured.leaving import AHEAD, KINDS, RHYTHM, SITUATION, SITUATION_KEY, SUBSCRIBER_KEY
from okaeri.schema.measured.prospects import HISTORY
from okaeri.schema.table import Column, Table

leaving_fits = Table(
    "leaving_fits",
    "The models of who leaves, and of how long subscriptions last.",
    "one model of one kind of customer and product",
    ("kind", "segment", "model"),
    (
        Column("kind", "string", "Who leaves", nullable=False, choices=KINDS),
        Column("segment", "string", "The product's code, or all", nullable=False),
        Column("model", "string", "Name in the literature", nullable=False),
        Column("n", "float64", "Orders with a known outcome, or subscribers, it was fitted on", "orders", nullable=False),
        Column("auc", "float64", "Chance that a leaver of the latest quarter had a higher chance to leave than a stayer, by "
               "a fit on the rest", "share"),
        Column("gain", "float64", "Log-likelihood per outcome of that quarter above that of the number of orders alone",
               "nats"),
        Column("expected_deliveries", "float64", "Of a new subscription within the forecast horizon", "deliveries"),
        Column("parameters", "string", "Parameters as JSON; empty without a fit", nullable=False),
        Column("note", "string", "What the data leave open, or why there is no fit; empty where all is well",
               nullable=False),
    ),
)  # fmt: skip

leaving_reasons = Table(
    "leaving_reasons",
    "What speaks for leaving in each situation a customer is in now.",
    "one situation",
    SITUATION_KEY,
    (
        *SITUATION,
        Column("leaving_rate", "float64", "Chance to leave after this order or delivery", "share"),
        *(part for place in (1, 2, 3) for part in (
            Column(f"reason_{place}", "string", "What speaks for leaving, the weightiest first"),
            Column(f"reason_{place}_odds", "float64", "Times the odds of leaving it makes", "ratio"),
        )),
    ),
)  # fmt: skip

subscriber_predictions = Table(
    "subscriber_predictions",
    "What subscribers in each situation are expected to do.",
    "one situation, so many days after the latest delivery",
    SUBSCRIBER_KEY,
    (
        *SITUATION,
        *RHYTHM,
        *(Column(f"leaving_chance_{days}", "float64", f"Chance to have left {days} days from now", "share",
                 nullable=False) for days in AHEAD),
        Column("expected_deliveries", "float64", "Deliveries expected within the forecast horizon", "deliveries",
               nullable=False),
        Column("discounted_deliveries", "float64", "The same, discounted", "deliveries", nullable=False),
        Column("deliveries_sd", "float64", "Their standard deviation", "deliveries", nullable=False),
        *(Column(f"{side}_{share}", "float64", f"Bound of the deliveries, {share}% interval", "deliveries", nullable=False)
          for share in (80, 95) for side in ("low", "high")),
        *(Column(f"order_chance_{days}", "float64", f"Chance of a delivery within {days} days", "share", nullable=False)
          for days in AHEAD),
    ),
)  # fmt: skip

PRESENCE_KEY = ("repeat_orders", "last_order_days", "age_days")

presence_predictions = Table(
    "presence_predictions",
    "Whether customers with each purchase history will still be there, and when they order next.",
    "one history, whatever was spent",
    PRESENCE_KEY,
    (
        *HISTORY[:3],
        *(Column(f"leaving_chance_{days}", "float64", f"Chance to have left for good {days} days from now", "share",
                 nullable=False) for days in AHEAD),
        *(Column(f"order_chance_{days}", "float64", f"Chance of an order within {days} days", "share", nullable=False)
          for days in AHEAD),
        Column("early_days", "float64", "Days until a customer who is still there has ordered with a chance of a tenth",
               "days", nullable=False),
        Column("next_order_days", "float64", "The same with a chance of one half", "days", nullable=False),
        Column("late_days", "float64", "The same with a chance of nine tenths", "days", nullable=False),
    ),
)  # fmt: skip

TABLES = (leaving_fits, leaving_reasons, subscriber_predictions, presence_predictions)
