import ibis
import pytest

from okaeri.ingest.scrub import scrubbed
from okaeri.lib.personal import scrubbed_text


def clean(*texts):
    table = ibis.memtable({"place": list(range(len(texts))), "text": list(texts)})
    return table.select("place", text=scrubbed(table.text)).order_by("place").to_pyarrow().column("text").to_pylist()


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("返信は yamada.t+shop@docomo.ne.jp まで", "返信は [mail] まで"),
        ("ｙａｍａｄａ＠ｓｈｏｐ．ｊｐに連絡して", "[mail]に連絡して"),
        ("電話は090-1234-5678です", "電話は[phone]です"),
        ("電話は０９０－１２３４－５６７８です", "電話は[phone]です"),
        ("０９０ー１２３４ー５６７８", "[phone]"),
        ("03(1234)5678か09012345678へ", "[phone]か[phone]へ"),
        ("090-1111-2222 080-3333-4444", "[phone] [phone]"),
        ("+81 90-1234-5678", "[phone]"),
        ("0120-123-456に電話した", "[phone]に電話した"),
        ("〒150-0001 東京都渋谷区神宮前1-2-3 青山マンション203号室に届かない", "[address] [address]に届かない"),
        ("東京都千代田区丸の内一丁目９番２号に住んでいます", "[address]に住んでいます"),
        ("横浜市港北区日吉４－１－１です", "[address]です"),
        ("カードは4111 1111 1111 1111です", "カードは[number]です"),
    ],
)
def test_what_tells_who_is_speaking_is_taken_out(said, kept):
    assert clean(said) == [kept]
    assert scrubbed_text(said) == kept


@pytest.mark.parametrize(
    "said",
    [
        "2本で10,000円は高い。3,300円なら買う",
        "2026-05-01に届いた。2026/5/1 10:30頃",
        "東京都に住んでいます。大阪府の友人にも勧めた",
        "1日2回、3週間で30mlを使い切りました",
        "商品番号 SK-1234 の3番目の色、5丁もらった",
        "評価は★4.5です！😀",
        "100%満足、1-2回で効いた",
        "",
    ],
)
def test_ordinary_words_prices_dates_and_places_stay(said):
    assert clean(said) == [said]


def test_nothing_said_stays_nothing():
    table = ibis.memtable({"text": ["a", None]}, schema={"text": "string"})
    assert table.select(text=scrubbed(table.text)).to_pyarrow().column("text").null_count == 1
