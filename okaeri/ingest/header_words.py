"""What carts call their columns, states and lines, for guessing a mapping. Compared without case, width and blanks."""

from __future__ import annotations

from okaeri.ingest.targets import AMOUNT


def _words(text: str) -> tuple[str, ...]:
    return tuple(word.strip() for word in text.split("|"))


#: Names of each canonical column, the surest first.
NAMES: dict[str, tuple[str, ...]] = {
    "orders.order_id": _words(
        "注文番号|受注番号|注文ID|受注ID|オーダー番号|受注コード|売上ID|店舗伝票番号|伝票番号|取引ID|order id|order_id|order number|"
        "order no|order name|invoice|invoice no|invoice number|transaction id|amazon-order-id|receipt number"
    ),
    "orders.ordered_at": _words(
        "注文日時|受注日時|購入日時|注文日|受注日|購入日|オーダー日|売上日|売上日時|取引日|日付|ordered at|order date|order time|order_date|"
        "created at|purchase-date|invoice date|purchased at|transaction date|date|datetime"
    ),
    "orders.customer_id": _words(
        "会員ID|会員番号|会員コード|顧客ID|顧客番号|顧客コード|購入者ID|注文者のユーザーID|ユーザーID|お客様番号|customer id|customer_id|"
        "customer no|customer|member id|user id|client id|取引相手"
    ),
    "orders.status": _words(
        "ステータス|注文状況|対応状況|対応状況(名称)|処理状況|発送状況|受注ステータス|注文ステータス|受注状態|状態|status|order status|"
        "financial status"
    ),
    "orders.store": _words("店舗|店舗名|モール|販売チャネル|購入元|store|shop|channel|sales-channel"),
    "orders.subtotal": _words(
        "商品合計|商品合計金額|商品計|注文の販売価格|作品合計|subtotal|items total|merchandise total"
    ),
    "orders.discount": _words(
        "値引き|値引|値引額|割引額|割引合計|割引合計金額(商品)|クーポン利用額|クーポン利用総額|(-)作家クーポン|discount amount|discount|"
        "order discount"
    ),
    "orders.shipping": _words(
        "送料|送料合計|発送料|配送料|注文の送料|送料・ラッピング|shipping|postage|freight|delivery fee"
    ),
    "orders.tax": _words("消費税|消費税合計|内消費税|税金|税額|taxes|tax|vat|tax amount"),
    "orders.points_used": _words("ポイント利用額|利用ポイント|使用ポイント|ポイント使用額|points used|points redeemed"),
    "orders.refunded": _words("返金額|返金合計|refunded amount|refund"),
    "orders.total": _words(
        "合計金額|請求金額|請求合計金額|支払合計|お支払い合計|注文の合計|ご注文金額|総合計|合計|total|grand total|order total|total price|"
        "total amount"
    ),
    "orders.currency": _words("通貨|currency"),
    "orders.coupon_code": _words("クーポンコード|クーポン番号|coupon code|discount code|coupon"),
    "orders.campaign": _words("キャンペーン|広告コード|流入元|campaign|utm_campaign"),
    "orders.subscription_id": _words(
        "定期番号|定期ID|定期受注番号|定期購入ID|申込番号|subscription id|subscription_id"
    ),
    "orders.delivery_no": _words("お届け回数|定期回数|定期回次|申込お届け回数|delivery no|delivery number"),
    "orders.carrier": _words(
        "配送業者|配送業者(名称)|配送会社|運送会社|配送方法|配送サービス|発送方法|carrier|courier|shipping carrier|shipping method|delivery method"
    ),
    "orders.delivered_at": _words("配達完了日|お届け完了日|納品日|delivered at"),
    "order_lines.product_id": _words(
        "商品コード|商品番号|商品ID|品番|SKU|商品管理番号|作品管理番号|自社品番|アイテムコード|独自商品コード|型番|product code|product id|"
        "product_id|item code|item id|stock code|sku code|lineitem sku|jan|itemcode"
    ),
    "order_lines.quantity": _words(
        "数量|個数|購入数量|購入数|注文数|販売数量|点数|quantity|qty|units|lineitem quantity|quantity-purchased|pieces|unit"
    ),
    "order_lines.unit_price": _words(
        "単価|価格|販売価格|販売単価|商品単価|商品価格|購入商品 販売価格(消費税込)|作品単価|税込単価|税込価格|unit price|price|lineitem price|"
        "item price|sale price"
    ),
    AMOUNT: _words(
        "小計|金額|明細金額|商品小計|作品価格|売上金額|購入金額|amount|line total|line amount|sales|revenue|item-price"
    ),
    "order_lines.discount": _words("明細値引|商品値引|lineitem discount|line discount|item-promotion-discount"),
    "order_lines.unit_cost": _words("原価|仕入価格|仕入単価|unit cost|cost price|cost"),
    "order_lines.lot": _words(
        "ロット番号|ロット|ロットNo|製造ロット|製造番号|lot|lot no|lot number|batch|batch no|batch number"
    ),
    "products.name": _words(
        "商品名|アイテム名|作品名|作品タイトル|品名|product name|product-name|item name|description|title|lineitem name|product"
    ),
    "products.category": _words("カテゴリ|カテゴリー|商品カテゴリ|分類|商品分類|category|department|product category"),
    "products.brand": _words("ブランド|メーカー|brand|vendor|manufacturer"),
    "customers.country": _words("国|country|billing country|ship-country"),
    "customers.gender": _words("性別|性別(名称)|注文者性別|gender|sex"),
    "customers.birth_year": _words("生年|birth year|birth_year"),
    "customers.acquired_via": _words("獲得経路|流入経路|acquired_via|acquisition channel"),
    "customers.first_seen_at": _words("会員登録日|登録日|登録日時|入会日|signup date|registered at|first_seen_at"),
    "persons.name": _words(
        "注文者|注文者名|注文者の氏名|氏名|お名前|購入者 名前|購入者名|受注名|会員名|顧客名|billing name|customer name|buyer-name|name"
    ),
    "persons.kana": _words("フリガナ|ふりがな|注文者(振り仮名)|注文者カナ|受注名カナ|氏名カナ|お名前カナ|カナ|kana"),
    "persons.email": _words(
        "メールアドレス|注文者メールアドレス|受注メールアドレス|メールアドレス(請求先)|Eメール|E-mail|email|e-mail|mail|mail address|buyer-email"
    ),
    "persons.phone": _words(
        "電話番号|注文者電話番号|注文者の電話番号|受注電話番号|購入者 電話番号|電話番号(請求先)|電話番号(メイン)|TEL|phone|billing phone|"
        "buyer-phone-number|tel"
    ),
    "persons.postal_code": _words(
        "郵便番号|注文者郵便番号|受注郵便番号|購入者 郵便番号|郵便番号(請求先)|billing zip|zip|postal code|postcode"
    ),
    "persons.region": _words(
        "都道府県|注文者都道府県|購入者 都道府県|都道府県(請求先)|都道府県(名称)|都道府県区分|billing province|prefecture|region|state"
    ),
    "persons.address": _words("住所|注文者住所|購入者 住所|住所(請求先)|受注住所1|住所1|billing address1|address"),
    "persons.birth_date": _words("誕生日|生年月日|birthday|birth date|date of birth"),
    "products.price": _words("定価|通常価格|list price"),
    "voices.at": _words("投稿日|投稿日時|レビュー日|回答日|回答日時|受付日時|posted at|review date|日付|date"),
    "voices.text": _words(
        "本文|レビュー|レビュー本文|口コミ|コメント|自由記述|ご意見|感想|review|review text|comment|body|text"
    ),
    "voices.rating": _words("評価|星|満足度|点数|rating|stars|score"),
    "costs.spent_on": _words("日|日付|配信日|利用日|date|day|spent on"),
    "costs.amount": _words("費用|広告費|コスト|金額|利用額|cost|spend|amount"),
    "costs.campaign": _words("キャンペーン|広告名|campaign|campaign name"),
    "events.at": _words("日時|発生日時|timestamp|time|event time|at"),
    "events.kind": _words("イベント|種別|event|event name|action|kind"),
    "events.visitor_id": _words("訪問者ID|visitor id|client id|anonymous id|cookie"),
}

#: Other tables' columns are called the same as those of orders.
_SAME = {
    "customers.customer_id": "orders.customer_id", "products.product_id": "order_lines.product_id",
    "products.unit_cost": "order_lines.unit_cost", "events.customer_id": "orders.customer_id",
    "events.product_id": "order_lines.product_id", "voices.customer_id": "orders.customer_id",
    "voices.product_id": "order_lines.product_id", "voices.order_id": "orders.order_id",
}  # fmt: skip
NAMES |= {name: NAMES[other] for name, other in _SAME.items()}

#: Columns often split in two or three: the names of each part.
PARTS: dict[str, tuple[tuple[tuple[str, ...], ...], ...]] = {
    "persons.name": (
        (
            _words("お名前(姓)|氏名(姓)|氏(請求先)|注文者姓|注文者名字|姓|last name"),
            _words("お名前(名)|氏名(名)|名(請求先)|注文者名|注文者名前|名|first name"),
        ),
    ),
    "persons.kana": (
        (_words("お名前(セイ)|フリガナ(姓)|注文者姓カナ|セイ"), _words("お名前(メイ)|フリガナ(名)|注文者名カナ|メイ")),
    ),
    "persons.postal_code": ((_words("注文者郵便番号1|郵便番号1"), _words("注文者郵便番号2|郵便番号2")),),
    "persons.phone": (
        (_words("注文者電話番号1|電話番号1"), _words("注文者電話番号2|電話番号2"), _words("注文者電話番号3|電話番号3")),
    ),
    "orders.ordered_at": (
        (_words("日付|注文日|受注日|order date"), _words("注文時間|受注時間|注文時刻|時間|時刻|order time|time")),
    ),
}

#: A column of the receiver, who is not the customer.
RECEIVER = ("配送先", "送付先", "届け先", "発送先", "受取人", "shipping ", "ship-", "recipient", "deliver to", "sender")

#: Words for an order's state.
STATUS: dict[str, str] = {
    **dict.fromkeys(_words("新規|新規受付|新規注文|未処理|受付|受付済|受注|注文確認待ち|入金待ち|未入金|予約|pending|open|new|placed|processing|authorized|対応中"), "placed"),
    **dict.fromkeys(_words("入金済み|入金済|決済済み|支払済み|未発送|発送待ち|発送準備中|paid|unshipped|unfulfilled|partially_refunded|支払手続き済"), "paid"),
    **dict.fromkeys(_words("発送済み|発送済|出荷済み|出荷済|配送|配送済み|配送完了|完了|取引完了|shipped|fulfilled|completed|complete|delivered|発送完了"), "shipped"),
    **dict.fromkeys(_words("キャンセル|キャンセル済み|キャンセル確定|取消|取り消し|注文取消し|注文キャンセル|無効|cancelled|canceled|voided|cancel|void|failed"), "cancelled"),
    **dict.fromkeys(_words("返品|返品済み|返送|返金|返金済み|受取拒否|returned|refunded|return"), "returned"),
}  # fmt: skip

#: What the code or name of a line that is no product looks like (RE2, without case).
NOT_GOODS: dict[str, str] = {
    "shipping": r"^(.{0,6}(送料|配送料|運賃).{0,6}|(dotcom )?postage|post|shipping( .*)?|carriage|delivery( charge| fee)?|freight)$",
    "fee": r"^(.{0,8}手数料.{0,4}|代引き?料|.*\b(bank charges?|fees?|commission)|ラッピング(代|料).{0,4})$",
    "discount": r"^((クーポン|値引き?|割引|ポイント(値引き?|利用)).{0,8}|.{0,6}(値引き?|クーポン)|discounts?|coupon( .*)?)$",
    "adjustment": r"^(.{0,6}(調整金?|調整額)|manual|(adjust )?bad debt|adjustment|samples?)$",
}
