"""Arrays in, numbers out: models of what customers will do.

A fitted model is its numbers, a frozen dataclass; ``fit`` stands beside it and keeps no data. Arrays are distinct rows
with weights, as the measures reduce them; ages are weeks, chances lie in [0, 1].
"""
