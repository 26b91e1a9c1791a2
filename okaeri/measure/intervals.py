"""Intervals as column expressions: for shares, for means of skewed values, and for sums of parts."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from okaeri.lib.normal import Z95 as Z

#: Student's quantiles where the expansion below is not yet close: degrees of freedom 1 to 4.
_T_FEW = (12.706204736, 4.302652730, 3.182446305, 2.776445105)


def wilson(hits: ir.NumericValue, n: ir.NumericValue) -> tuple[ir.NumericValue, ir.NumericValue]:
    """Low and high of the share ``hits / n`` (Wilson 1927); empty where ``n`` is 0. Both lie in [0, 1]."""
    trials = n.cast("float64").nullif(0.0)
    share = hits.cast("float64") / trials
    divisor = 1.0 + Z * Z / trials
    centre = share + Z * Z / (2.0 * trials)
    # max(0): rounding may bring p (1 - p) a hair under zero
    reach = Z * ibis.greatest(share * (1.0 - share) / trials + Z * Z / (4.0 * trials * trials), 0.0).sqrt()
    # the ends that are exactly 0 and 1 come out a hair inside
    low = (hits == 0).ifelse(0.0, (centre - reach) / divisor)
    high = (hits == n).ifelse(1.0, (centre + reach) / divisor)
    known = trials.notnull()
    return known.ifelse(low, ibis.null("float64")), known.ifelse(high, ibis.null("float64"))


def student(n: ir.NumericValue) -> ir.NumericValue:
    """Student's 97.5% quantile for a mean of ``n`` values, by the Cornish-Fisher expansion (Abramowitz 26.7.5).

    Empty below two values; from six values on within 0.002 of the exact quantile.
    """
    freedom = n.cast("float64") - 1.0
    parts = (
        Z,
        (Z**3 + Z) / 4.0,
        (5 * Z**5 + 16 * Z**3 + 3 * Z) / 96.0,
        (3 * Z**7 + 19 * Z**5 + 17 * Z**3 - 15 * Z) / 384.0,
    )
    inverse = 1.0 / ibis.greatest(freedom, 1.0)
    expanded = parts[0] + inverse * (parts[1] + inverse * (parts[2] + inverse * parts[3]))
    few = [(n == place + 2, value) for place, value in enumerate(_T_FEW)]
    return ibis.cases((n < 2, ibis.null("float64")), *few, else_=expanded)


def around_mean(
    mean: ir.NumericValue, variance: ir.NumericValue, third: ir.NumericValue, n: ir.NumericValue
) -> tuple[ir.NumericValue, ir.NumericValue]:
    """Low and high of a mean of skewed values.

    ``variance`` and ``third`` are the second and third central moment of the *mean's* error (sums of the customers'
    influences squared and cubed). Student's interval, its end on the side of the long tail moved out by Johnson's
    (1978) skewness term: customers who spend very much are rare, so a sample without them looks too sure.
    """
    error = variance.sqrt()
    reach = student(n) * error
    skewness = third / (variance * error).nullif(0.0)
    shift = (skewness * error * ((1.0 + 2.0 * Z * Z) / 6.0)).fill_null(0.0)
    return mean - reach + ibis.least(shift, 0.0), mean + reach + ibis.greatest(shift, 0.0)


def bound_of_sum(name: str, mean: ir.NumericValue, squares: ir.NumericValue) -> ir.NumericValue:
    """The bound called ``name`` (``low_...`` or ``high_...``) of a sum that cannot be negative.

    How far the parts' bounds are from their means adds up like a standard deviation; ``squares`` is the sum of those
    distances squared. Zou and Donner (2008), "Construction of confidence limits about effect measures", Statistics in
    Medicine 27:1693 (MOVER), for sums of independent parts.
    """
    return ibis.greatest(mean + (1 if name.startswith("high") else -1) * squares.sqrt(), 0.0)
