"""Fields of the forms that customers fill in."""

from __future__ import annotations

from typing import Any

from django import forms

from okaeri.lib.plain_text import plain


class PlainText(forms.CharField):
    """Text without control characters, each line ended by one character, as the browser counts it."""

    def to_python(self, value: Any) -> str:
        return plain(str(value or ""))
