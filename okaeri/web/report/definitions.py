"""The words of the page and what each means, said on hover and in the glossary."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from okaeri.web.report.labels import Word


@dataclass(frozen=True)
class Definition:
    """A word and its meaning."""

    word: Word
    meaning: Word


DEFINITIONS: dict[str, Definition] = {
    "ltv": Definition(
        _("LTV"),
        _("Mean value a customer has brought within so many days of the first order. Every age uses all customers "
          "observed that long; those who are too young for it are left out, not counted as zero."),
    ),
    "gross_profit": Definition(_("Gross profit"), _("Revenue less the unit cost of the goods, before all other costs.")),
    "revenue": Definition(
        _("Revenue"), _("Goods after discounts, refunds and the shop's own points, without tax and postage.")
    ),
    "interval": Definition(
        _("95% interval"),
        _("Where the true figure lies in 95 of 100 such shops. The fewer the customers, the wider it is."),
    ),
    "interval_80": Definition(
        _("80% interval"), _("Where what comes will lie in 80 of 100 such forecasts. A forecast is never a promise.")
    ),
    "forecast": Definition(
        _("Forecast"),
        _("Orders expected of each customer from the own rhythm and silence (BG/NBD and its kin), times the expected "
          "value of an order, discounted by the year."),
    ),
    "report_card": Definition(
        _("Report card"),
        _("A forecast made with what was known on an earlier day, compared with what then came, beside forecasts that "
          "need no model."),
    ),
    "gini": Definition(
        _("Ranking"), _("Normalised Gini: 1 if customers were ranked just as they then spent, 0 if at random.")
    ),
    "n": Definition(_("n"), _("How many customers, or orders, a figure is taken from.")),
    "mature": Definition(
        _("Grey figures"), _("Not everybody behind them has had the time yet, or they are too few; they will still move.")
    ),
    "step_up_rate": Definition(
        _("Step-up rate"),
        _("Share of trial buyers who buy a main product or a subscription within the conversion window; of those who "
          "have had the whole window."),
    ),
    "f2_rate": Definition(
        _("F2 conversion"),
        _("Share of first buyers who order a second time within the conversion window; of those who have had the whole "
          "window."),
    ),
    "repeat_rate_cohort": Definition(
        _("Repeat rate (of a cohort)"), _("Share of the customers of a month who have ordered at least twice.")
    ),
    "repeat_rate_period": Definition(
        _("Repeat rate (of a period's buyers)"), _("Share of a period's buyers who had ordered before.")
    ),
    "repeat_rate_month": Definition(
        _("Repeat rate (of the month's base)"), _("Share of the customers from before a period who order in it.")
    ),
    "order_value": Definition(_("Order value"), _("Mean revenue of an order.")),
    "yearly_spend": Definition(
        _("First-year spend per customer"), _("Mean revenue of a customer in the 365 days from the first order.")
    ),
    "kpi_effect": Definition(
        _("Yen per point"),
        _("LTV gained per customer if the rate rises by one point (or the order value by one percent) and all else "
          "stays: the exact derivative of LTV = sum over orders of reach x value."),
    ),
    "split": Definition(
        _("How it is split"),
        _("Sales are new customers x value, customers who could come again x rate x value, and credit notes. What each "
          "factor's move did is its mean over every order in which they could have moved one by one (Shapley value), so "
          "the parts add up to the whole, without a rest."),
    ),
    "f_ladder": Definition(
        _("F2, F3 ..."),
        _("Fn is the share of those with n - 1 orders who order again within the window. The cumulative rate is of all "
          "first buyers."),
    ),
    "retention": Definition(
        _("Retention"), _("Share of the customers of a month who order in the n-th calendar month after it.")
    ),
    "acquisition_cost": Definition(_("Acquisition cost"), _("Mean cost of winning a customer, of those won from there.")),
    "limit_cpa": Definition(
        _("Limit CPA"),
        _("What winning a customer may cost at most: gross-profit LTV at the horizon. Above it each new customer loses "
          "money."),
    ),
    "cpo": Definition(
        _("CPO"), _("Cost per buyer of a main product: the acquisition cost, divided by the step-up rate where trials "
                    "are sold."),
    ),
    "payback_day": Definition(
        _("Payback day"), _("First day on which the gross profit of a customer covers the acquisition cost.")
    ),
    "leaving": Definition(
        _("Leaving"),
        _("Of who buys one by one: not to order again ever, by the rhythm of orders so far. Of subscribers: not to take "
          "the next delivery. Reasons are what sets them apart from the average customer, by a hazard model of who left "
          "after which order."),
    ),
    "staying": Definition(
        _("Still there"),
        _("Share of subscribers still there after a delivery: the product of the shares who stayed after each before it, "
          "of those who have had the time."),
    ),
    "persona": Definition(
        _("Persona"),
        _("A group of customers alike in ten traits, seen and foretold. Groups are drawn to faces that stay the same, so "
          "that a customer who does nothing new keeps the persona."),
    ),
    "emotion": Definition(
        _("Emotion"),
        _("Stars, scores, words and acts on one scale: the chance of an order within 90 days, against customers with as "
          "many orders. 0 is as usual, -1 never comes back, +1 always does."),
    ),
    "friction": Definition(
        _("Friction point"),
        _("A step whose feelings lie below the others' beyond chance, at 1% over all looks taken. Its loss is what "
          "orders whose customers would speak of it when asked bring less than the same orders elsewhere."),
    ),
    "length": Definition(
        _("Length"),
        _("Days from a customer's first to latest order and one usual interval more, of customers won at least a year ago."),
    ),
    "recommendation": Definition(
        _("Recommendation"),
        _("Products ranked for each customer by what made others buy at their next visit: own habits, what is due, what "
          "goes with what was bought, what is popular. What was just bought, still lasts, came back or is not in the "
          "catalogue is left out."),
    ),
    "step_up": Definition(
        _("Step up"),
        _("A dearer product of the same category: a higher tier, a larger size, a set, or the subscription. The chance is "
          "that of earlier buyers, drawn to that of all such steps, times the chance that the customer is still there."),
    ),
    "belt": Definition(
        _("Belt"),
        _("Seven stations from lead to the dearest goods. A customer stands at the highest one entered so far, and falls "
          "off when silent beyond the dormant bound."),
    ),
    "forward_rate": Definition(
        _("Moves on"), _("Chance to reach a higher station, counting those still there for as long as they were seen.")
    ),
    "leak_rate": Definition(_("Leaks"), _("Chance to fall off the belt from this station, counted the same way.")),
    "expected_value": Definition(
        _("Worth from here"), _("Value expected of a customer at this station from now until falling off.")
    ),
    "yen_per_percent": Definition(
        _("One more percent"),
        _("Value gained if one more percent of the people now at the station moved on instead of leaking. The station "
          "where it is largest is the bottleneck."),
    ),
    "next_share": Definition(
        _("Share of next orders"),
        _("Of the purchases of a product that have been observed long enough, the share whose next order came in these "
          "days and holds the other product."),
    ),
    "lift": Definition(
        _("Lift"), _("That share over the same share among the buyers of all products: 2 is twice as often as usual.")
    ),
    "rfm": Definition(
        _("RFM"), _("Recency, frequency and money in five steps each, by bounds that stay the same from month to month.")
    ),
    "rank": Definition(_("Rank"), _("A to E by the sum of the three steps: A from 13, B from 11, C from 8, D from 5.")),
    "dormant": Definition(
        _("Dormant"),
        _("Silent for more than three times the days usual for this customer (own rhythm from the third order on, "
          "before that the rhythm of those with the same first product)."),
    ),
    "lapsing": Definition(
        _("Lapsing"), _("Silent for more than one and a half times the usual days, but not dormant yet.")
    ),
    "revived": Definition(_("Revived"), _("Came back after having been dormant.")),
    "decile": Definition(
        _("Decile"), _("Buyers in ten groups of equal size by past revenue; the first has the most.")
    ),
    "cpm": Definition(
        _("CPM"), _("Customer portfolio management: five kinds of customer by orders, days and revenue, each active or "
                    "gone."),
    ),
    "cluster": Definition(
        _("Groups that behave alike"),
        _("Customers grouped by recency, orders, order value, days and regularity, without bounds set by hand."),
    ),
    "abandonment": Definition(
        _("Left in carts"),
        _("A product put in a cart whose buyer neither bought it nor checked out within the window. The value is the list "
          "price of one piece."),
    ),
    "stock": Definition(
        _("Stock at home"),
        _("Pieces of the last purchase times the days one lasts: by the catalogue, else by the usual days until buyers "
          "re-order, drawn to the customer's own. Purchases older than three times their supply are left out."),
    ),
    "ltv_shrunk": Definition(
        _("Cautious LTV"), _("LTV drawn towards the mean of all products, the more the fewer customers stand behind it.")
    ),
}  # fmt: skip
