import pytest
from hypothesis import given
from hypothesis import strategies as st

from okaeri.ingest.mapping import Mapping, load_mapping, mapping_from, save_mapping
from okaeri.schema.errors import DataRejected

LEAST = {"grain": "order", "columns": {"orders.ordered_at": "date", "orders.total": "total"}}


def _keys_refused(data):
    with pytest.raises(DataRejected) as refused:
        mapping_from(data)
    return [problem.column for problem in refused.value.problems]


@pytest.mark.parametrize(
    ("change", "key"),
    [
        ({"grain": "row"}, "grain"),
        ({"colums": {}}, "colums"),
        ({"tax": "in"}, "tax"),
        ({"tax": "excluded"}, "tax_rate"),
        ({"tax_rate": 10}, "tax_rate"),
        ({"tax_rate": "0.1"}, "tax_rate"),
        ({"store": "a:b"}, "store"),
        ({"status": "sent"}, "status"),
        ({"status_words": {"発送済み": "sent"}}, "status_words.発送済み"),
        ({"negative_quantity": "ignore"}, "negative_quantity"),
        ({"not_goods": {"goods": ["A"]}}, "not_goods.goods"),
        ({"not_goods": {"fee": ["/(/"]}}, "not_goods.fee"),
        ({"not_goods": {"fee": [1]}}, "not_goods.fee"),
        ({"columns": {**LEAST["columns"], "orders.order_date": "date"}}, "columns.orders.order_date"),
        ({"columns": {**LEAST["columns"], "voices.text": "x"}}, "columns.voices.text"),
        ({"columns": {**LEAST["columns"], "orders.total": []}}, "columns.orders.total"),
        ({"columns": {"orders.total": "total"}}, "columns"),
    ],
)
def test_a_wrong_mapping_is_refused_naming_its_key(change, key):
    assert _keys_refused({**LEAST, **change}) == [key]


def test_what_is_no_mapping_at_all_is_refused():
    assert _keys_refused([1]) == ["mapping"]
    assert _keys_refused({"grain": "order"}) == ["columns"]


_NAMES = st.text(min_size=1, max_size=8)


@pytest.mark.parametrize("suffix", ["toml", "json"])
@given(name=_NAMES, word=_NAMES, code=_NAMES)
def test_a_saved_mapping_is_loaded_as_it_was(tmp_path_factory, suffix, name, word, code):
    mapping = Mapping(
        grain="order",
        columns={"orders.ordered_at": (name, word), "orders.total": (code,)},
        tax_rate=0.08,
        credit_note_prefix=name,
        status_words={word: "paid"},
        not_goods={"fee": (code, f"{code}x")} if not code.startswith("/") else {},
    )
    path = tmp_path_factory.mktemp("mapping") / f"shop.{suffix}"
    save_mapping(mapping, path)
    assert load_mapping(path) == mapping


def test_a_file_that_is_no_toml_is_refused_by_name(tmp_path):
    (tmp_path / "shop.toml").write_text("grain = ", encoding="utf-8")
    with pytest.raises(DataRejected, match=r"shop\.toml"):
        load_mapping(tmp_path / "shop.toml")
