"""The texts by which persons are found get an index of their pieces, kept in step by the database itself.

A piece is what ``okaeri.lib.search_text.pieces`` says, and more: a term's pieces are among those of each text that holds
it. In SQLite the index holds no text (FTS5 without content); triggers write it, so that it forgets with the row.
"""

from typing import Any

from django.db import migrations

POSTGRESQL = (
    """
    CREATE FUNCTION okaeri_pieces(told text) RETURNS text[] LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE COST 1000 AS $$
        SELECT coalesce(array_agg(piece), '{}') FROM (
            SELECT substr(told, at, CASE WHEN octet_length(substr(told, at, 1)) = 1 THEN 3 ELSE 2 END) AS piece
            FROM generate_series(1, char_length(told)) AS at
            UNION ALL
            SELECT substr(told, at, 1) FROM generate_series(1, char_length(told)) AS at
            WHERE octet_length(substr(told, at, 1)) > 1
        ) AS found
    $$
    """,
    "CREATE INDEX records_persontext_pieces ON records_persontext USING gin (okaeri_pieces(text))",
)

#: Each letter's place, from the length alone: triggers allow no recursion.
PLACES = "json_each('[' || substr(replace(hex(zeroblob(length({text}))), '00', ',0'), 2) || ']')"
#: Pieces as words of hexadecimal digits, which no tokenizer splits or changes.
PIECES = f"""(
    SELECT group_concat(CASE WHEN unicode(substr({{text}}, key + 1, 1)) < 128 THEN hex(substr({{text}}, key + 1, 3))
        ELSE hex(substr({{text}}, key + 1, 2)) || ' ' || hex(substr({{text}}, key + 1, 1)) END, ' ')
    FROM {PLACES}
)"""
NUMBER = "(SELECT id FROM records_person WHERE customer_id = {row}.customer_id)"
ADDED = f"""
    INSERT INTO records_persontext_pieces (rowid, pieces) VALUES ({NUMBER.format(row="new")}, {PIECES.format(text="new.text")});
"""
REMOVED = f"""
    INSERT INTO records_persontext_pieces (records_persontext_pieces, rowid, pieces)
    VALUES ('delete', {NUMBER.format(row="old")}, {PIECES.format(text="old.text")});
"""
SQLITE = (
    """
    CREATE VIRTUAL TABLE records_persontext_pieces
    USING fts5 (pieces, content = '', columnsize = 0, detail = none, tokenize = 'ascii')
    """,
    f"""
    INSERT INTO records_persontext_pieces (rowid, pieces)
    SELECT person.id, {PIECES.format(text="kept.text")}
    FROM records_person person JOIN records_persontext kept USING (customer_id) ORDER BY person.id
    """,
    f"CREATE TRIGGER records_persontext_added AFTER INSERT ON records_persontext BEGIN {ADDED} END",
    f"CREATE TRIGGER records_persontext_removed BEFORE DELETE ON records_persontext BEGIN {REMOVED} END",
    f"""
    CREATE TRIGGER records_persontext_changed AFTER UPDATE ON records_persontext WHEN old.text IS NOT new.text
    BEGIN {REMOVED} {ADDED} END
    """,
)


def make(apps: Any, schema_editor: Any) -> None:
    """Make the index of the texts there are, and what keeps it in step."""
    for statement in POSTGRESQL if schema_editor.connection.vendor == "postgresql" else SQLITE:
        schema_editor.execute(statement, params=None)


class Migration(migrations.Migration):

    dependencies = [
        ('records', '0007_voices'),
    ]

    operations = [
        migrations.RunPython(make, migrations.RunPython.noop),
    ]
