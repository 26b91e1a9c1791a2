"""A belt with known chances: stays and orders of customers who move through seven stations."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta

import numpy as np
import pandas as pd

START = date(2021, 1, 1)
#: Chance to go from each station (row) to each (column), stations 1 to 7; what is left leaks.
CHANCES = np.zeros((7, 7))
for _place, _next, _chance in [
    (0, 1, 0.5), (0, 2, 0.05), (1, 2, 0.45), (1, 3, 0.1), (2, 3, 0.5), (3, 4, 0.45), (3, 6, 0.1), (4, 5, 0.4),
    (4, 6, 0.1), (5, 6, 0.3),
]:  # fmt: skip
    CHANCES[_place, _next] = _chance
#: Mean days inside before moving on; leaking takes three times as long, which misleads whoever counts ended stays.
DWELL = np.array([20.0, 25, 30, 35, 30, 25, 40])
#: Revenue of the order that enters a station, and of one more order on the tenth day of a stay that lasts so long.
ENTRY = np.array([0.0, 3000, 3500, 5000, 5500, 0, 21000])
TENTH = np.array([0.0, 500, 800, 900, 1200, 700, 9000])
LEAK_SLOWER = 3


@dataclass
class Chain:
    """Stays and orders up to ``as_of``."""

    as_of: date
    stays: list[tuple] = field(default_factory=list)
    orders: list[tuple] = field(default_factory=list)

    def entries(self) -> pd.DataFrame:
        """Rows as station_entries has them."""
        names = ["customer_id", "station", "entered_on", "left_on", "outcome", "next_station", "days_inside"]
        rows = pd.DataFrame(self.stays, columns=names).assign(is_revived=False)
        return rows.astype({"next_station": "Int64"})

    def purchases(self) -> pd.DataFrame:
        """The columns of purchases that the belt reads; a third of revenue is gross profit."""
        rows = pd.DataFrame(self.orders, columns=["customer_id", "order_day", "revenue"])
        return rows.assign(gross_profit=rows.revenue / 3)


def simulate(seed: int, customers: int, dwell: np.ndarray = DWELL, days: int = 1500, arrivals: int = 1500) -> Chain:
    """``customers`` leads arriving evenly over ``arrivals`` days, watched for ``days``."""
    chance, chain = np.random.default_rng(seed), Chain(START + timedelta(days=days))
    ways = np.column_stack([CHANCES, 1 - CHANCES.sum(axis=1)])
    for number in range(customers):
        day, station = int(chance.integers(arrivals)), 0
        while day < days and station < 7:
            going = int(chance.choice(8, p=ways[station]))
            stay = 1 + int(chance.exponential(dwell[station] * (LEAK_SLOWER if going == 7 else 1)))
            _record(chain, f"c{number}", station, day, stay, going, days)
            day, station = day + stay, going
    return chain


def _record(chain: Chain, name: str, station: int, day: int, stay: int, going: int, days: int) -> None:
    ended, entered = day + stay < days, START + timedelta(days=day)
    outcome = ("leak" if going == 7 else "forward") if ended else "still"
    left = entered + timedelta(days=stay) if ended else None
    target = going + 1 if outcome == "forward" else None
    chain.stays.append((name, station + 1, entered, left, outcome, target, min(stay, days - day)))
    epoch = (START - date(1970, 1, 1)).days
    for ago, amount in ((0, ENTRY[station]), (10, TENTH[station])):
        if amount and ago < min(stay, days - day):
            chain.orders.append((name, epoch + day + ago, float(amount)))


def true_values(dwell: np.ndarray = DWELL) -> np.ndarray:
    """Closed form: (I - P)^-1 times the mean value of a stay."""
    leak = 1 - CHANCES.sum(axis=1)
    # a stay of 1 + floor(Exp(mean)) days is longer than 10 with chance exp(-10 / mean)
    lasts = CHANCES.sum(axis=1) * np.exp(-10 / dwell) + leak * np.exp(-10 / (dwell * LEAK_SLOWER))
    return np.linalg.solve(np.eye(7) - CHANCES, ENTRY + TENTH * lasts)


def true_gain(dwell: np.ndarray) -> np.ndarray:
    """People standing at each station per arrival a day (Little's law) times the mean value where movers go."""
    forward = CHANCES.sum(axis=1)
    visits = np.linalg.solve(np.eye(7) - CHANCES.T, np.eye(7)[0])
    stay = dwell * (forward + LEAK_SLOWER * (1 - forward)) + 0.5
    onward = np.divide(CHANCES @ true_values(dwell), forward, out=np.zeros(7), where=forward > 0)
    return visits * stay * onward
