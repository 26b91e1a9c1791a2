"""The narrow text by which people are found, apart from the wide rows that hold what they told."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from django.db import connections, models
from django.db.models.functions import StrIndex

from okaeri.lib.search_text import kept_text, pieces, terms
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

    def found(self, query: str, most: int) -> list[str]:
        """Customer ids of up to ``most`` whose text :meth:`holding` chooses, looked up by the pieces texts are made of.

        A search for one or two ASCII letters reads text by text: almost every text holds them, so it soon has enough.
        """
        wanted = terms(query)
        looked_up = [piece for term in wanted for piece in pieces(term)]
        if not looked_up:
            return [str(text.person_id) for text in self.holding(query).only("person_id")[:most]]
        connection = connections[self.db]
        ask, place = (_BY_ARRAY, "strpos") if connection.vendor == "postgresql" else (_BY_WORD, "instr")
        words = " AND ".join(f'"{piece.encode().hex()}"' for piece in looked_up)
        named: str | list[str] = looked_up if connection.vendor == "postgresql" else words
        holds = "".join(f" AND {place}(kept.text, %s) > 0" for _ in wanted)
        with connection.cursor() as cursor:
            cursor.execute(ask.format(holds=holds), [named, *wanted, most])
            return [customer_id for (customer_id,) in cursor.fetchall()]


#: Pieces of all texts lie in an index beside the texts, kept in step by the database itself (migration 0008). Whoever
#: finds a text by its pieces is asked whether it holds the words.
_BY_ARRAY = """
    SELECT kept.customer_id FROM records_persontext kept WHERE okaeri_pieces(kept.text) @> %s{holds} LIMIT %s
"""
_BY_WORD = """
    SELECT kept.customer_id FROM records_persontext_pieces
    CROSS JOIN records_person person ON person.id = records_persontext_pieces.rowid
    CROSS JOIN records_persontext kept ON kept.customer_id = person.customer_id
    WHERE records_persontext_pieces MATCH %s{holds} LIMIT %s
"""


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
