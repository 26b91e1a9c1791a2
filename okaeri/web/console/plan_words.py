"""Words of plans, of changes taken apart, and of how feelings are known."""

from __future__ import annotations

from django.utils.translation import pgettext_lazy

from okaeri.web.report.labels import Word

#: What a plan sets, with what each means.
TARGETS: dict[str, Word] = {
    "newcomers": pgettext_lazy("target", "New customers a month"),
    "f2_rate": pgettext_lazy("target", "F2 rate: first to second order"),
    "repeat_rate": pgettext_lazy("target", "Repeat rate: second order to third, and on"),
    "order_value": pgettext_lazy("target", "Order value"),
}
#: Into what a change of sales, or what came against a plan, is split.
SHORTFALL_PARTS: dict[str, Word] = {
    "newcomers": pgettext_lazy("part of sales", "New customers"),
    "candidates": pgettext_lazy("part of sales", "Customers who could come again"),
    "f2_rate": pgettext_lazy("part of sales", "F2 rate"),
    "repeat_rate": pgettext_lazy("part of sales", "Repeat rate"),
    "order_value": pgettext_lazy("part of sales", "Order value"),
    "credit_notes": pgettext_lazy("part of sales", "Credit notes"),
    "mix": pgettext_lazy("part of sales", "Who the customers are"),
}
#: How a feeling is known.
CHANNELS: dict[str, Word] = {
    "hope": pgettext_lazy("channel", "Survey before the purchase"),
    "survey": pgettext_lazy("channel", "Survey after the purchase"),
    "nps": pgettext_lazy("channel", "Whether they would recommend the shop"),
    "stars": pgettext_lazy("channel", "Stars of a review"),
    "score": pgettext_lazy("channel", "Score"),
    "words_survey": pgettext_lazy("channel", "Words of a survey"),
    "words_review": pgettext_lazy("channel", "Words of a review"),
    "words_inquiry": pgettext_lazy("channel", "Inquiry"),
    "words_social": pgettext_lazy("channel", "Social media"),
    "words_reply": pgettext_lazy("channel", "Reply to a message"),
    "complaint": pgettext_lazy("channel", "Inquiry"),
    "return": pgettext_lazy("channel", "Return"),
    "block": pgettext_lazy("channel", "Messages blocked"),
    "quick_reorder": pgettext_lazy("channel", "Quick reorder"),
}
