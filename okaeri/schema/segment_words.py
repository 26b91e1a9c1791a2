"""Rules over customers in words, English and Japanese: what a person reads is what is asked."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, timedelta

from okaeri.schema.people import people
from okaeri.schema.segments import BOUGHT, RUN_OUT, WINDOWS, All, Any, Compare, Did, Not, Rule

#: Place of a language in the pairs below.
LANGUAGES = {"en": 0, "ja": 1}
Pair = tuple[str, str]
#: What a value of a column, or a product or category, is called; the value itself where nobody knows better.
Naming = Callable[[str, object], str]

COLUMNS: Mapping[str, Pair] = {
    "customer_id": ("Customer id", "顧客ID"),
    "is_buyer": ("Has ordered", "購入あり"),
    "first_seen_on": ("First seen", "初回接触日"),
    "first_order_on": ("First order", "初回購入日"),
    "last_order_on": ("Latest order", "最終購入日"),
    "recency_days": ("Days since latest order", "最終購入からの日数"),
    "order_count": ("Orders", "購入回数"),
    "revenue": ("Revenue so far", "累計購入金額"),
    "gross_profit": ("Gross profit so far", "累計粗利"),
    "mean_order_value": ("Order value", "平均購入単価"),
    "mean_interval": ("Mean days between orders", "平均購入間隔"),
    "usual_interval": ("Usual days between orders", "いつもの購入間隔"),
    "next_order_expected_on": ("Next order by rhythm", "いつもの間隔での次回購入日"),
    "first_product": ("First product", "初回購入商品"),
    "first_store": ("First store", "初回購入店舗"),
    "acquired_via": ("Came through", "獲得経路"),
    "acquired_campaign": ("Campaign", "獲得キャンペーン"),
    "acquisition_cost": ("Cost of winning", "獲得費用"),
    "region": ("Region", "地域"),
    "gender": ("Gender", "性別"),
    "age_band": ("Age", "年代"),
    "status": ("Status", "状態"),
    "status_label": ("Status in Japanese", "状態(表示名)"),
    "is_lapsing": ("Lapsing", "休眠予備"),
    "is_revived": ("Revived", "復活"),
    "dormant_after": ("Dormant after", "休眠とみなす日数"),
    "cpm": ("CPM class", "CPM区分"),
    "cpm_label": ("CPM class in Japanese", "CPM区分(表示名)"),
    "r": ("R step", "Rランク"),
    "f": ("F step", "Fランク"),
    "m": ("M step", "Mランク"),
    "rank": ("RFM rank", "RFM総合ランク"),
    "decile": ("Decile", "デシル"),
    "cluster": ("Group alike", "行動グループ"),
    "cluster_label": ("Group alike in Japanese", "行動グループ(表示名)"),
    "station": ("Station of the belt", "ベルトの駅"),
    "station_label": ("Station in Japanese", "ベルトの駅(表示名)"),
    "days_in_station": ("Days at the station", "駅での滞在日数"),
    "stock_items": ("Products in use", "使用中の商品数"),
    "run_out_items": ("Products used up", "使い切った商品数"),
    "next_runs_out_on": ("Next used up on", "次に使い切る日"),
    "next_runs_out_product": ("Next used up", "次に使い切る商品"),
    "residual_value": ("Expected value", "今後の期待額"),
    "low_80": ("Expected, low (80%)", "期待額の下限(80%)"),
    "high_80": ("Expected, high (80%)", "期待額の上限(80%)"),
    "residual_gross_profit": ("Expected gross profit", "今後の期待粗利"),
    "lifetime_value": ("LTV", "LTV(累計+期待)"),
    "p_alive": ("Chance still a customer", "継続中の確率"),
    "expected_orders": ("Expected orders", "期待購入回数"),
    "expected_order_value": ("Expected order value", "期待購入単価"),
    "next_order_on": ("Next order expected", "次回購入の予測日"),
    "leaving_chance_90": ("Chance to leave in 90 days", "90日以内の離脱確率"),
    "yen_at_stake": ("At stake", "離脱で失う見込み額"),
    "persona": ("Persona", "ペルソナ"),
    "cpm_before": ("CPM class before", "以前のCPM区分"),
    "rank_before": ("RFM rank before", "以前のRFM総合ランク"),
    "leaving_reason": ("Reason to leave", "離脱の主な理由"),
    "cancelling_reason": ("Reason to cancel", "定期解約の主な理由"),
    "next_product": ("Next product", "次におすすめの商品"),
    "step_up_from": ("Step up from", "ステップアップ元の商品"),
    "step_up_to": ("Step up to", "ステップアップ先の商品"),
    "step_up": ("Kind of step up", "ステップアップの種類"),
}
DEEDS: Mapping[str, Pair] = {
    BOUGHT: ("bought", "購入"),
    RUN_OUT: ("is expected to use up", "使い切り(予測)"),
    "view": ("viewed a page", "商品ページの閲覧"),
    "search": ("searched", "サイト内検索"),
    "cart_add": ("put into the cart", "カートに追加"),
    "cart_remove": ("took out of the cart", "カートから削除"),
    "checkout": ("began to check out", "レジに進む"),
    "subscribe": ("subscribed", "定期便の申込"),
    "cancel": ("cancelled a subscription", "定期便の解約"),
    "skip": ("skipped a delivery", "定期便のスキップ"),
    "open": ("opened a message", "メッセージの開封"),
    "click": ("clicked in a message", "メッセージのクリック"),
    "block": ("blocked messages", "メッセージのブロック"),
    "refer": ("referred somebody", "紹介"),
    "survey_before": ("answered before use", "購入前アンケートの回答"),
    "survey_after": ("answered after use", "購入後アンケートの回答"),
    "review": ("wrote a review", "レビューの投稿"),
    "inquiry": ("inquired", "問い合わせ"),
    "return": ("returned goods", "返品の連絡"),
    "social": ("posted", "SNSへの投稿"),
    "reply": ("replied", "返信"),
}
OPERATORS: Mapping[str, Pair] = {
    "is": ("is", "が次のどれか"), "contains": ("contains", "に次を含む"), "at_least": ("at least", "以上"),
    "below": ("below", "未満"), "since": ("on or after", "以降"), "before": ("before", "より前"),
    "last_days": ("in the last days", "直近の日数以内"), "next_days": ("in the next days", "今後の日数以内"),
    "empty": ("is empty", "が空欄か"),
}  # fmt: skip
_COMPARED: Mapping[str, Pair] = {
    "is": ("{column} is {value}", "{column}が「{value}」"),
    "contains": ("{column} contains “{value}”", "{column}に「{value}」を含む"),
    "at_least": ("{column} at least {value}", "{column}が{value}以上"),
    "below": ("{column} below {value}", "{column}が{value}未満"),
    "since": ("{column} on or after {value}", "{column}が{value}以降"),
    "before": ("{column} before {value}", "{column}が{value}より前"),
    "last_days": ("{column} in the last {value} days", "{column}が直近{value}日以内"),
    "next_days": ("{column} in the next {value} days", "{column}が今後{value}日以内"),
}
_EVERYBODY: Pair = ("everybody", "すべてのお客さま")
_NOBODY: Pair = ("nobody", "該当なし")
_AND: Pair = (" and ", "、かつ")
_OR: Pair = (" or ", "、または")
_NOT: Pair = ("not ({part})", "「{part}」に当てはまらない")
_EMPTY: Pair = ("{column} is empty", "{column}が空欄")
_FILLED: Pair = ("{column} is not empty", "{column}が空欄でない")
_YES: Mapping[bool, Pair] = {True: ("yes", "はい"), False: ("no", "いいえ")}
_DONE: Mapping[str, Pair] = {
    "at_least": ("{did}{goods} at least {times} times{window}", "{window}{goods}{did}が{times}回以上"),
    "below": ("{did}{goods} less than {times} times{window}", "{window}{goods}{did}が{times}回未満"),
}
_WINDOWS: Mapping[tuple[str, ...], Pair] = {
    (): ("", ""),
    ("days",): (" in the last {days} days", "直近{days}日の"),
    ("since", "before"): (" from {since} to {last}", "{since}から{last}までの"),
    ("since",): (" since {since}", "{since}以降の"),
    ("before",): (" until {last}", "{last}までの"),
    ("first_days",): (" in the {first_days} days from the first order on", "初回購入から{first_days}日間の"),
}
_GOODS: Mapping[str, Pair] = {
    "product": (" “{name}”", "「{name}」の"),
    "category": (" of category “{name}”", "カテゴリ「{name}」の"),
}


def own_name(column: str, value: object) -> str:
    """A value as it stands."""
    return str(value)


def word(pair: Pair, language: str) -> str:
    """The word of a pair in ``language``, English where it is no language of ours."""
    return pair[LANGUAGES.get(language, 0)]


def describe(rule: Rule, language: str = "ja", name: Naming = own_name) -> str:
    """The rule in words; ``name`` says what a value of a column, of ``product`` or of ``category`` is called."""
    match rule:
        case All(parts) | Any(parts):
            joint, nothing = (_AND, _EVERYBODY) if isinstance(rule, All) else (_OR, _NOBODY)
            return word(joint, language).join(_within(part, rule, language, name) for part in parts) or word(
                nothing, language
            )
        case Not(part):
            return word(_NOT, language).format(part=describe(part, language, name))
        case Compare():
            return _compared(rule, language, name)
        case Did():
            return _done(rule, language, name)


def _within(part: Rule, group: Rule, language: str, name: Naming) -> str:
    """A part of a group; a group of the other kind within it stands in brackets."""
    said = describe(part, language, name)
    is_group = isinstance(part, All | Any) and len(part.parts) > 1 and type(part) is not type(group)
    return f"({said})" if is_group else said


def _compared(rule: Compare, language: str, name: Naming) -> str:
    column = word(COLUMNS[rule.column], language)
    if rule.op == "empty":
        return word(_EMPTY if rule.value else _FILLED, language).format(column=column)
    values = rule.value if isinstance(rule.value, tuple) else (rule.value,)
    said = [_value(rule.column, value, language, name) for value in values]
    joined = word((" or ", "・"), language).join(said)
    return word(_COMPARED[rule.op], language).format(column=column, value=joined)


def _value(column: str, value: object, language: str, name: Naming) -> str:
    if isinstance(value, bool):
        return word(_YES[value], language)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, int | float) and people[column].type == "float64":
        return f"{value:,.10g}"
    return name(column, value)


def _done(rule: Did, language: str, name: Naming) -> str:
    told = {name: value for name in WINDOWS if (value := getattr(rule, name)) is not None}
    last = rule.before - timedelta(days=1) if rule.before else None
    window = word(_WINDOWS[tuple(told)], language).format(**told, last=last)
    goods = "".join(
        word(_GOODS[kind], language).format(name=name(kind, code))
        for kind, code in (("product", rule.product), ("category", rule.category))
        if code is not None
    )
    did = word(DEEDS[rule.did], language)
    return word(_DONE[rule.op], language).format(did=did, goods=goods, times=rule.times, window=window)
