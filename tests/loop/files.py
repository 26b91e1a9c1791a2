"""Small export files for tests of the import."""

from __future__ import annotations

from pathlib import Path

from tests.loop import eccube_header

ORDER = {
    "注文番号": "1001", "会員ID": "7", "お名前(姓)": "髙橋", "お名前(名)": "花子", "お名前(セイ)": "タカハシ",
    "お名前(メイ)": "ハナコ", "メールアドレス": "hanako@okaeri-mail.jp", "TEL": "090-1111-2222", "小計": "3300",
    "値引き": "0", "送料": "0", "税金": "300", "合計": "3300", "支払合計": "3300", "対応状況(ID)": "5",
    "対応状況(名称)": "発送済み", "受注日": "2026-01-05 10:00:00", "商品コード": "SK-01", "商品名": "化粧水①",
    "価格": "3000", "個数": "1", "税率": "10", "明細区分(ID)": "1", "明細区分(名称)": "商品",
}  # fmt: skip


def eccube(path: Path, orders: list[dict[str, str]]) -> Path:
    """An EC-CUBE order file (cp932, CRLF) with these orders, each :data:`ORDER` but for what is said."""
    rows = [",".join(eccube_header.NAMES)]
    for place, said in enumerate(orders):
        cells = {**ORDER, "注文ID": said.get("注文番号", "1001"), "注文詳細ID": str(place + 1), **said}
        seen: set[str] = set()
        row = []
        for name in eccube_header.NAMES:
            row.append("" if name in seen else cells.get(name, ""))
            seen.add(name)
        rows.append(",".join(row))
    path.write_bytes(("\r\n".join(rows) + "\r\n").encode("cp932"))
    return path
