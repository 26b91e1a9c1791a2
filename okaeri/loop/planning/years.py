"""Sales by the shop's fiscal years."""

from __future__ import annotations

from dataclasses import dataclass

from okaeri.lib.periods import month_label, month_number, month_of
from okaeri.loop.planning.basis import rows_of
from okaeri.loop.published import Published


@dataclass(frozen=True)
class FiscalYear:
    """``first`` and ``last``: its months as YYYY-MM; ``months``: how many of them are over; ``revenue``: their sales in
    the shop's currency; ``before``: sales of the same months a year earlier, None where the records begin later."""

    first: str
    last: str
    months: int
    revenue: float
    before: float | None

    @property
    def change(self) -> float | None:
        """Sales over those of the same months a year earlier, less 1."""
        return self.revenue / self.before - 1 if self.before else None


def fiscal_years(laid: Published, start: int) -> list[FiscalYear]:
    """Years with a month that is over, the newest first; ``start`` is the month (1 to 12) in which they begin.

    A year whose first months lie before the records counts those it has.
    """
    sold = {month_of(row["month"]): row["revenue"] for row in rows_of(laid, "sales_months") if row["is_over"]}
    if not sold:
        return []
    oldest, now = min(sold), month_number(laid.as_of)
    begin = oldest - (oldest - (start - 1)) % 12
    years = []
    for first in range(begin, now, 12):
        over = range(max(first, oldest), min(first + 12, now))
        years.append(FiscalYear(
            month_label(first), month_label(first + 11), len(over), sum(sold.get(month, 0.0) for month in over),
            sum(sold.get(month - 12, 0.0) for month in over) if over[0] - 12 >= oldest else None,
        ))  # fmt: skip
    return years[::-1]
