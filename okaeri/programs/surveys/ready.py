"""Surveys ready to use, in Japanese and English: before buying, in or after use, recommendation, one at a time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

Told = dict[str, Any]


@dataclass(frozen=True)
class Ready:
    """A survey as okaeri brings it: questions as JSON values, and when it is best put."""

    name: str
    meaning: str
    questions: list[Told]
    asks_one: bool = False
    event: str = "delivered"
    days: int = 14


def _text(ja: str, en: str) -> Told:
    return {"ja": ja, "en": en}


def _options(*told: tuple[str, str, str]) -> list[Told]:
    return [{"id": key, "label": _text(ja, en)} for key, ja, en in told]


def _score(key: str, source: str, touchpoint: str, label: Told, low: Told, high: Told, words: Told) -> Told:
    return {
        "id": key, "kind": "score", "source": source, "touchpoint": touchpoint, "label": label, "low": low,
        "high": high, "words": words,
    }  # fmt: skip


_BAD, _GOOD = _text("まったく満足していない", "Not at all satisfied"), _text("とても満足", "Very satisfied")
_WHY = _text("よろしければ、理由をお聞かせください", "If you like, tell us why")
_MORE = _text("ほかにあれば、お書きください", "Anything else? Please write it here")

_REASONS = _options(
    ("search", "検索で見つけた", "Found it by searching"),
    ("ad", "広告を見た", "Saw an advertisement"),
    ("social", "SNSで見た", "Saw it on social media"),
    ("friend", "家族や友人にすすめられた", "A friend or relative recommended it"),
    ("reviews", "口コミ・レビューがよかった", "Good reviews"),
    ("content", "成分・素材・品質", "Ingredients, material or quality"),
    ("price", "価格", "Price"),
    ("trust", "この店を信頼している", "I trust this shop"),
)
_COMPARED = _options(
    ("other_brand", "他社の商品", "Products of other makers"),
    ("in_store", "店頭で買える商品", "Products in shops nearby"),
    ("same_shop", "この店のほかの商品", "Other products of this shop"),
    ("until_now", "いままで使っていたもの", "What I have used so far"),
    ("nothing", "比べていない", "I did not compare"),
)
_PURPOSES = _options(
    ("daily", "自分でふだん使う", "For my own daily use"),
    ("trouble", "悩みや困りごとを解決したい", "To solve a problem I have"),
    ("try", "試してみたい", "To try it out"),
    ("family", "家族のため", "For my family"),
    ("gift", "贈り物", "As a gift"),
)
_PROBLEMS = _options(
    ("none", "とくにない", "None"),
    ("late", "届くのが遅かった", "It came late"),
    ("damaged", "破損・もれ・汚れがあった", "It was damaged, leaking or dirty"),
    ("unclear", "使い方がわかりにくい", "It is hard to know how to use it"),
    ("no_effect", "期待した効果を感じない", "I do not feel the effect I hoped for"),
    ("scent_taste", "香り・味・使い心地が合わない", "Scent, taste or feel do not suit me"),
    ("amount", "量やサイズが合わない", "Amount or size do not fit"),
    ("price", "価格が高い", "It is expensive"),
    ("service", "お店の対応", "How the shop treated me"),
)
_AGAIN = _options(
    ("yes", "また買いたい", "I want to buy it again"),
    ("undecided", "まだ決めていない", "I have not decided yet"),
    ("no", "もう買わない", "I will not buy it again"),
)

_BEFORE = [
    _score("expectation", "survey_before", "expectation",
           _text("この商品に、どのくらい期待していますか", "How much do you expect of this product?"),
           _text("期待していない", "Nothing"), _text("とても期待している", "Very much"),
           _text("どんなことを期待していますか", "What do you hope it will do for you?")),
    {"id": "reason", "kind": "choices", "source": "survey_before", "touchpoint": "expectation",
     "label": _text("この商品を選んだ理由を教えてください", "Why did you choose this product?"),
     "options": _REASONS, "words": _MORE},
    {"id": "compared", "kind": "choices", "source": "survey_before", "touchpoint": "expectation",
     "label": _text("選ぶとき、何と比べましたか", "What did you compare it with?"),
     "options": _COMPARED, "words": _text("商品名などがわかれば、お書きください", "If you remember, which one?")},
    {"id": "purpose", "kind": "choices", "source": "survey_before", "touchpoint": "expectation",
     "label": _text("どのような目的で使いますか", "What will you use it for?"),
     "options": _PURPOSES, "words": _MORE},
]  # fmt: skip

_AFTER = [
    _score("satisfaction", "survey_after", "use",
           _text("使ってみて、どのくらい満足していますか", "Now that you use it, how satisfied are you?"),
           _BAD, _GOOD, _WHY),
    {"id": "problems", "kind": "choices", "source": "survey_after", "touchpoint": "use",
     "label": _text("困ったことや、気になったことはありますか", "Was there any trouble?"),
     "options": _PROBLEMS, "words": _text("くわしく教えてください", "Please tell us more")},
    {"id": "again", "kind": "choice", "source": "survey_after", "touchpoint": "repeat",
     "label": _text("また買いたいと思いますか", "Would you buy it again?"), "options": _AGAIN},
    {"id": "why_not", "kind": "words", "source": "survey_after", "touchpoint": "repeat",
     "label": _text("その理由を教えてください", "Please tell us why"),
     "only_after": {"again": ["undecided", "no"]}},
]  # fmt: skip

_NPS = [
    _score("recommend", "survey_after", "recommendation",
           _text("このお店を、親しい人にどのくらいすすめたいですか",
                 "How likely are you to recommend this shop to someone close to you?"),
           _text("まったくすすめない", "Not at all likely"), _text("ぜひすすめたい", "Extremely likely"), _WHY),
]  # fmt: skip

_STREAM = [
    _score(key, "survey_after", touchpoint, label, _BAD, _GOOD, _WHY)
    for key, touchpoint, label in (
        ("delivery", "delivery", _text("お届けはいかがでしたか", "How was the delivery?")),
        ("unboxing", "unboxing", _text("箱を開けたときの印象はいかがでしたか", "How was it to open the parcel?")),
        ("easy_to_use", "use", _text("使いやすさはいかがですか", "How easy is it to use?")),
        ("price", "price", _text("価格に見合う価値を感じますか", "Is it worth its price?")),
        ("ordering", "order", _text("ご注文のしやすさはいかがでしたか", "How easy was it to order?")),
        ("support", "support", _text("お店の対応はいかがですか", "How does the shop treat you?")),
    )
]

#: Every ready survey by name.
READY: dict[str, Ready] = {
    ready.name: ready
    for ready in (
        Ready("before", "Before use: why chosen, compared with what, for what purpose, how much is expected", _BEFORE,
              event="ordered", days=0),
        Ready("after", "In or after use: satisfaction, trouble, intention to buy again and, if not, why", _AFTER),
        Ready("nps", "Net promoter score: would they recommend the shop", _NPS, days=30),
        Ready("stream", "One short question per order, the next one next time", _STREAM, asks_one=True, days=7),
    )
}  # fmt: skip
