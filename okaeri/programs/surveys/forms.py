"""What may be given to a question."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext as _

from okaeri.programs.surveys.actions import Given
from okaeri.programs.surveys.questions import LONGEST_WORDS, TOP_SCORE, Question
from okaeri.records.fields import PlainText


class AnswerForm(forms.Form):
    """One question's form: its fields are those the question has."""

    def __init__(self, question: Question, told: Any = None, *, initial: Mapping[str, Any] | None = None):
        super().__init__(told, initial=dict(initial or {}))
        self.question = question
        if question.kind == "score":
            self.fields["score"] = forms.IntegerField(
                min_value=0, max_value=TOP_SCORE,
                error_messages=dict.fromkeys(
                    ("required", "invalid", "min_value", "max_value"), _("Choose a number from 0 to 10.")
                ),
            )  # fmt: skip
        if question.options:
            self.fields["choices"] = forms.MultipleChoiceField(
                choices=[(option.id, option.id) for option in question.options], required=False,
                error_messages={"invalid_choice": _("Choose from the list.")},
            )  # fmt: skip
        if question.takes_words:
            self.fields["words"] = PlainText(required=False)

    def clean_choices(self) -> list[str]:
        chosen: list[str] = self.cleaned_data["choices"]
        if self.question.kind == "choice" and len(chosen) > 1:
            raise forms.ValidationError(_("Choose one."))
        return chosen

    def clean_words(self) -> str:
        words: str = self.cleaned_data["words"]
        if len(words) > LONGEST_WORDS:
            raise forms.ValidationError(_("Please keep to 2,000 characters."))
        return words

    def given(self) -> Given:
        """What a valid form says."""
        told = self.cleaned_data
        return Given(told.get("score"), tuple(told.get("choices", ())), told.get("words", ""))

    def held(self) -> Mapping[str, Any]:
        """What the page shows as chosen: what was sent, else what is kept."""
        if not self.is_bound:
            return self.initial
        data: Any = self.data
        return {
            "score": data.get("score"), "choices": data.getlist("choices"), "words": data.get("words", ""),
        }  # fmt: skip
