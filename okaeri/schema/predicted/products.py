"""Which product is bought next, and which again: the weights learnt."""

from __future__ import annotations

from okaeri.schema.table import Column, Table

reorder_weights = Table(
    "reorder_weights",
    "The model of the chance to buy a product again: the weight of each term; one log odds is what they add up to.",
    "one term of the model of one horizon",
    ("horizon_days", "term"),
    (
        Column("horizon_days", "int64", "Days within which the product may be bought again", "days", nullable=False),
        Column("term", "string", "intercept; a feature of reorder_training; what it has over a knot; two features "
               "multiplied", nullable=False),
        Column("knot", "float64", "Where the term begins; of a feature, its least value, and of its last knot, its most",
               "as the feature"),
        Column("weight", "float64", "What one of it adds to the log odds of the product's own chance", "log odds",
               nullable=False),
        Column("row_count", "int64", "Rows of reorder_training it was learnt from", "rows", nullable=False),
        Column("note", "string", "Of the intercept: why habits are left out; empty where they are not", nullable=False),
    ),
)  # fmt: skip

next_basket_weights = Table(
    "next_basket_weights",
    "What makes a customer buy a product at the next visit: weights of the covariates of next_basket_choices.",
    "one weight",
    ("part", "covariate"),
    (
        Column("part", "string", "own: score of products bought before; new: of others; chance: of the log-odds to be "
               "bought; explore: added to the score of new products when a list is cut", nullable=False,
               choices=("own", "new", "chance", "explore")),
        Column("covariate", "string", "A covariate of next_basket_choices, intercept, score, own or bonus",
               nullable=False),
        Column("weight", "float64", "Nats per unit of the covariate; empty where there was too little to learn from",
               "nats"),
        Column("customer_count", "int64", "Visits of customers it was learnt from; 0 where plain weights are used",
               "visits", nullable=False),
        Column("note", "string", "Why nothing could be learnt; empty where all is well", nullable=False),
    ),
)  # fmt: skip

TABLES = (reorder_weights, next_basket_weights)
