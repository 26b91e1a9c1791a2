import os
from pathlib import Path

import ibis
import pytest

from okaeri.ingest.guided import GUIDED
from okaeri.ingest.mapping import load_mapping, save_mapping, whole
from okaeri.ingest.proposing import explain, propose, questions
from okaeri.ingest.tabular import read_parquet
from tests.ingest.files import csv_file, rows_of, understood

JAPANESE = """受注番号,受注日,会員番号,ステータス,商品コード,商品名,単価,数量,送料,メールアドレス,お名前(姓),お名前(名),配送先氏名
A001,2026/05/01 10:00,m1,発送済み,SK-1,化粧水,"3,300",1,500,a@b.jp,山田,太郎,山田花子
A001,2026/05/01 10:00,m1,発送済み,,送料,500,1,500,a@b.jp,山田,太郎,山田花子
A002,2026/05/02 11:00,m2,保留中,SK-2,美容液,"5,500",2,0,c@d.jp,鈴木,一郎,鈴木一郎
A003,2026/05/03 12:00,,キャンセル,SK-1,化粧水,"3,300",1,500,e@f.jp,佐藤,花,佐藤花
"""


def test_a_japanese_order_file_is_understood_from_its_header_and_cells(tmp_path):
    proposal = propose(csv_file(tmp_path, JAPANESE))
    columns = proposal.mapping.columns
    assert proposal.mapping.grain == "line"
    assert columns["orders.order_id"] == ("受注番号",)
    assert columns["orders.ordered_at"] == ("受注日",)
    assert columns["orders.customer_id"] == ("会員番号",)
    assert columns["order_lines.product_id"] == ("商品コード",)
    assert columns["order_lines.unit_price"] == ("単価",)
    assert columns["orders.shipping"] == ("送料",)
    assert columns["persons.name"] == ("お名前(姓)", "お名前(名)")
    assert proposal.mapping.status_words == {"発送済み": "shipped", "キャンセル": "cancelled"}
    assert proposal.unknown_words == ("保留中",)
    assert proposal.mapping.not_goods == {"shipping": ("送料",)}
    assert "配送先氏名" not in {source for sources in columns.values() for source in sources}


def test_it_shows_what_it_guessed_with_values_and_asks_what_only_the_shop_knows(tmp_path):
    proposal = propose(csv_file(tmp_path, JAPANESE))
    told = "\n".join(explain(proposal))
    assert "orders.order_id = 受注番号" in told
    assert "A001, A002, A003" in told
    asked = "\n".join(questions(proposal))
    assert "'保留中'" in asked
    assert "tax:" in asked
    assert "送料" in asked


def test_a_confirmed_proposal_saved_and_loaded_imports_the_file(tmp_path):
    raw = csv_file(tmp_path, JAPANESE.replace("保留中", "入金済み"))
    save_mapping(propose(raw).mapping, tmp_path / "shop.toml")
    parsed = understood(raw, load_mapping(tmp_path / "shop.toml").as_dict())
    orders = rows_of(parsed.facts["orders"])
    assert [(row["order_id"], row["status"], int(row["subtotal"])) for row in orders] == [
        ("own:A001", "shipped", 3300), ("own:A002", "paid", 11000), ("own:A003", "cancelled", 3300),
    ]  # fmt: skip
    assert orders[2]["customer_id"].startswith("own:m-")
    assert parsed.problems.count().to_pyarrow().as_py() == 0


@pytest.mark.parametrize("cart", sorted(GUIDED))
def test_each_guided_cart_is_known_by_its_header_and_its_columns_are_used(tmp_path, cart):
    guided = GUIDED[cart]
    names = sorted({part for sources in guided.columns.values() for part in sources} | guided.known_by)
    raw = csv_file(tmp_path, ",".join(names) + "\n" + ",".join("1" for _ in names) + "\n")
    proposal = propose(raw)
    assert proposal.cart == guided.title
    assert proposal.mapping.columns.items() <= dict(guided.columns).items()


@pytest.mark.parametrize(
    ("header", "row", "grain"),
    [
        ("会員番号,メールアドレス,お名前,都道府県,会員登録日", "1,a@b.jp,山田太郎,東京都,2026-01-01", "customer"),
        ("商品コード,商品名,カテゴリ,原価", "A,化粧水,スキンケア,500", "product"),
        ("投稿日,評価,本文,会員番号", "2026-01-01,5,とても良い,1", "voice"),
        ("日付,広告費,キャンペーン", "2026-01-01,3000,春", "cost"),
        ("customer_id,date,amount", "1,2026-01-01,3000", "order"),
    ],
)
def test_the_kind_of_file_is_guessed(tmp_path, header, row, grain):
    assert propose(csv_file(tmp_path, f"{header}\n{row}\n")).mapping.grain == grain


def test_days_before_months_are_noticed(tmp_path):
    raw = csv_file(tmp_path, "order id,order date,price,sku\n1,13/05/2026 10:00,100,a\n2,01/06/2026 09:30,100,a\n")
    mapping = propose(raw).mapping
    assert mapping.date_format == "%d/%m/%Y %H:%M"
    days = [str(row["order_date"]) for row in rows_of(understood(raw, mapping.as_dict()).facts["orders"])]
    assert days == ["2026-05-13", "2026-06-01"]


def test_a_file_without_dates_is_proposed_and_asked_about(tmp_path):
    proposal = propose(csv_file(tmp_path, "order id,sku,price\n1,a,100\n"))
    assert any("orders.ordered_at" in question for question in questions(proposal))
    with pytest.raises(Exception, match=r"orders\.ordered_at"):
        whole(proposal.mapping)


@pytest.mark.reference
def test_online_retail_is_proposed_as_its_mapping_says():
    folder = Path(os.environ["OKAERI_REFERENCE_DATA"])
    proposal = propose(read_parquet(folder / "online_retail_2010_2011.parquet", ibis.duckdb.connect(threads=2)))
    written = load_mapping(Path(__file__).parents[2] / "docs" / "mappings" / "online_retail.toml")
    assert proposal.mapping.columns == written.columns
    assert proposal.mapping.credit_note_prefix == "C"
    assert proposal.mapping.negative_quantity == "adjustment"
    for kind in ("shipping", "fee", "discount"):
        assert set(proposal.mapping.not_goods[kind]) == set(written.not_goods[kind])
    assert {"M", "m", "S", "B"} <= set(proposal.mapping.not_goods["adjustment"])
