"""Joins the steps: reads the clock and the settings, owns transactions, alone opens the engine."""

import logging

# It warns of zones whenever a year is taken from an instant; all instants here are UTC.
logging.getLogger("sqlglot").setLevel(logging.ERROR)
