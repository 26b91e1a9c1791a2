"""The narrow text by which people are found, apart from the wide rows that hold what they told."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from django.db import models
from django.db.models.functions import StrIndex

from okaeri.lib.search_text import kept_text, terms
from okaeri.records.models.people import Person


class PersonTexts(models.QuerySet["PersonText"]):
    """Texts of persons, found by what stands in them."""

    def holding(self, query: str) -> PersonTexts:
        """Those in which every word of ``query`` stands somewhere; nobody's where it has no word."""
        wanted = terms(query)
        found = self if wanted else self.none()
        for place, term in enumerate(wanted):
            # By position, not by LIKE: alike in every database, and no letter means anything but itself.
            found = found.annotate(**{f"at_{place}": StrIndex("text", models.Value(term))}).filter(
                **{f"at_{place}__gt": 0}
            )
        return found


class PersonText(models.Model):
    """Name, kana, mail, phone and id of a person in the form they are searched in; goes when the person goes."""

    person = models.OneToOneField(
        Person,
        models.CASCADE,
        to_field="customer_id",
        primary_key=True,
        db_column="customer_id",
        related_name="found_by",
    )
    text = models.TextField()

    objects = PersonTexts.as_manager()

    def __str__(self) -> str:
        return self.person_id


#: Columns of a person the text is made of.
TOLD_BY = ("customer_id", "name", "kana", "email", "phone", "phone_key")


def text_of(person: Mapping[str, str]) -> str:
    """The text kept of a person's ``name``, ``kana``, ``email``, ``phone``, ``phone_key``, ``customer_id``."""
    words = (person[name] or "" for name in ("name", "kana", "email", "customer_id"))
    return kept_text(words, (person["phone"] or "", person["phone_key"] or ""))


def keep_texts(people: Iterable[Mapping[str, str]]) -> None:
    """Write the texts of ``people`` over those they had."""
    rows = [PersonText(person_id=person["customer_id"], text=text_of(person)) for person in people]
    PersonText.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=["person"], update_fields=["text"], batch_size=1_000
    )
