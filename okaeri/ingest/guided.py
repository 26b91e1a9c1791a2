"""Mappings for carts whose export is known in part: proposed where enough of their names are in the header.

No whole file of these carts has been seen; each is what public sources tell, so it is proposed and asked about, never
taken silently.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Guided:
    """What is known of one cart's export: the names that tell it, its columns and its words."""

    title: str
    known_by: frozenset[str]
    columns: Mapping[str, tuple[str, ...]]
    status_words: Mapping[str, str] = field(default_factory=dict)


def _guided(title: str, known_by: str, columns: Mapping[str, str], words: Mapping[str, str] | None = None) -> Guided:
    """Parts of one column are written ``a + b``."""
    split = {name: tuple(part.strip() for part in text.split(" + ")) for name, text in columns.items()}
    return Guided(title, frozenset(known_by.split("|")), split, words or {})


GUIDED: dict[str, Guided] = {
    "stores": _guided(
        "STORES",
        "オーダー番号|オーダー日|アイテム名",
        {
            "orders.order_id": "オーダー番号",
            "orders.ordered_at": "オーダー日",
            "orders.shipping": "配送料",
            "orders.total": "合計",
            "orders.tax": "内消費税",
            "products.name": "アイテム名",
            "order_lines.quantity": "個数",
            "order_lines.amount": "小計",
            "persons.name": "氏(請求先) + 名(請求先)",
            "persons.postal_code": "郵便番号(請求先)",
            "persons.region": "都道府県(請求先)",
            "persons.address": "住所(請求先)",
            "persons.phone": "電話番号(請求先)",
        },
    ),
    "futureshop": _guided(
        "futureshop",
        "受注コード|注文日時|販売単価|購入数量",
        {
            "orders.order_id": "受注コード",
            "orders.ordered_at": "注文日時",
            "orders.total": "請求合計金額",
            "orders.subtotal": "商品合計金額",
            "orders.tax": "消費税合計",
            "orders.shipping": "送料",
            "orders.discount": "割引合計金額(商品)",
            "orders.points_used": "ポイント利用額",
            "orders.carrier": "配送サービス",
            "order_lines.product_id": "商品番号 + 枝番号",
            "products.name": "商品名",
            "order_lines.unit_price": "販売単価",
            "order_lines.quantity": "購入数量",
            "persons.name": "氏名(姓) + 氏名(名)",
            "persons.email": "メールアドレス",
            "persons.postal_code": "郵便番号",
            "persons.region": "都道府県区分",
            "persons.address": "住所1 + 住所2 + 住所3",
            "persons.phone": "電話番号(メイン)",
        },
    ),
    "makeshop": _guided(
        "MakeShop",
        "日付|注文時間|注文番号|処理状況",
        {
            "orders.order_id": "注文番号",
            "orders.ordered_at": "日付 + 注文時間",
            "orders.status": "処理状況",
            "persons.name": "注文者",
            "persons.kana": "注文者(振り仮名)",
        },
        {"配送": "shipped", "未処理": "placed", "注文キャンセル": "cancelled", "返送": "returned"},
    ),
    "colorme": _guided(
        "カラーミーショップ",
        "売上ID|受注日|購入数量",
        {
            "orders.order_id": "売上ID",
            "orders.ordered_at": "受注日",
            "order_lines.unit_price": "購入商品 販売価格(消費税込)",
            "order_lines.quantity": "購入数量",
            "persons.name": "購入者 名前",
            "persons.postal_code": "購入者 郵便番号",
            "persons.region": "購入者 都道府県",
            "persons.address": "購入者 住所",
            "persons.phone": "購入者 電話番号",
        },
    ),
}
