"""What a customer may write."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _

from okaeri.programs.reviews import photos
from okaeri.records.fields import PlainText

LONGEST_TEXT = 3000
LONGEST_AUTHOR = 40


class ReviewForm(forms.Form):
    """Stars, words, the name to be shown, and a photo; only the stars are needed."""

    def __init__(self, told: Any = None, files: Any = None):
        super().__init__(told, files)
        choose = dict.fromkeys(("required", "invalid", "min_value", "max_value"), _("Choose one to five stars."))
        self.fields["stars"] = forms.IntegerField(min_value=1, max_value=5, error_messages=choose)
        self.fields["text"] = PlainText(required=False)
        self.fields["author"] = PlainText(required=False)
        self.fields["photo"] = forms.FileField(
            required=False, allow_empty_file=True, max_length=1000,
            error_messages={"max_length": _("This file is not a photo okaeri can read. Please send JPEG, PNG or WebP.")},
        )  # fmt: skip
        self.photo = b""

    def clean_text(self) -> str:
        text: str = self.cleaned_data["text"]
        if len(text) > LONGEST_TEXT:
            raise forms.ValidationError(_("Please keep to 3,000 characters."))
        return text

    def clean_author(self) -> str:
        author: str = self.cleaned_data["author"]
        return author.replace("\n", " ")[:LONGEST_AUTHOR]

    def clean_photo(self) -> None:
        file = self.cleaned_data["photo"]
        if file is None:
            return
        try:
            self.photo = photos.harmless(file.file, file.size)
        except photos.NotAPhoto as error:
            raise forms.ValidationError(str(error)) from error
