"""People are found however they are typed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from okaeri.lib.search_text import kept_text, pieces, searchable, terms

KEPT = kept_text(
    ["渡邉 亮", "ワタナベ リョウ", "Kaze10@mail.example.jp", "own:10"], ["080-1282-8389", "08012828389"]
)  # fmt: skip


@pytest.mark.parametrize(
    "query",
    [
        "渡邉", "渡辺", "渡辺 亮", "渡辺　亮", "渡辺亮", "亮 渡邊", "わたなべ", "ワタナベ", "ﾜﾀﾅﾍﾞ", "わたなべりょう", "なべ りょ",
        "kaze10", "ＫＡＺＥ10＠", "mail.example", "own:10", "080-1282", "０８０－１２８２", "1282-8389", "8389", "(080)1282-8389",
        "+81 80-1282-8389", "渡辺 080-1282", "12828",
    ],
)  # fmt: skip
def test_a_person_is_found_by(query):
    assert terms(query)
    assert all(term in KEPT for term in terms(query)), terms(query)


@pytest.mark.parametrize("query", ["渡部", "わたべ", "kaze11", "080-1283", "亮わた", "8389own", "%", "_", "渡辺 花子"])
def test_a_person_is_not_found_by(query):
    assert not all(term in KEPT for term in terms(query)), terms(query)


def test_nothing_typed_finds_nobody():
    assert terms("") == terms("  　 ") == ()


def test_text_once_made_searchable_stays_as_it_is():
    for text in ("ワタナベ―ー", "ﾊﾟｰﾃｨ", "Straße ㈱ ①", "ゞゝ"):
        assert searchable(searchable(text)) == searchable(text)


@given(st.text("佐藤サ08kz-", min_size=1, max_size=12), st.data())
def test_the_pieces_of_what_stands_in_a_text_stand_in_it_and_are_only_missing_for_two_ascii_letters(text, data):
    start = data.draw(st.integers(0, len(text) - 1))
    term = text[start : start + data.draw(st.integers(1, len(text)))]
    assert all(piece in text for piece in pieces(term))
    assert bool(pieces(term)) == (not term.isascii() or len(term) > 2)
    assert {len(piece) for piece in pieces(term) if piece[0].isascii()} <= {3}
