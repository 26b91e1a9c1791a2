"""Joins the steps: reads the clock and the settings, owns transactions, alone opens the engine."""
