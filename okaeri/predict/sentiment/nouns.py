"""What texts speak of: their nouns, told without a tokeniser by the change of script.

Japanese nouns are runs of kanji or katakana, verbs and adjectives go on in hiragana. A run of kanji counts as a word where
what follows it can follow a noun, else its last letter may belong to a verb (毎日使っ) and is left off.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache

from sklearn.feature_extraction.text import ENGLISH_STOP_WORDS

from okaeri.predict.sentiment.aspects import cues
from okaeri.predict.sentiment.scanning import plain
from okaeri.predict.sentiment.vocabulary import vocabulary

#: Nouns that end in hiragana, which their script does not tell.
ENDING_IN_HIRAGANA = (
    "香り", "匂い", "臭い", "使い方", "使い勝手", "使い心地", "手触り", "肌触り", "履き心地", "着心地", "飲み口", "飲み方", "食べ方",
    "問い合わせ", "支払い", "申し込み", "受け取り", "取り扱い", "取り付け", "組み立て", "手入れ", "値上げ", "値下げ", "潤い", "疲れ",
    "泡立ち", "汚れ", "日焼け止め", "化粧ノリ", "見た目", "歯ごたえ", "詰め替え", "お試し", "贈り物", "持ち運び", "仕上がり",
)  # fmt: skip
#: Words that say neither what is spoken of nor how it is felt.
_EMPTY = (
    "商品", "購入", "注文", "利用", "使用", "今回", "前回", "次回", "毎回", "毎日", "今日", "昨日", "明日", "先日",
    "最近", "最初", "最後", "以前", "以上", "以下", "以外", "今後", "自分", "本当", "非常", "一番", "場合", "必要",
    "普通", "正直", "全然", "全部", "全体", "結構", "大変", "多少", "少量", "程度", "感想", "結果", "理由", "時間",
    "友人", "友達", "家族", "主人", "娘", "息子", "母", "父", "私", "人", "物", "事", "時", "日", "間", "中", "上",
    "下", "前", "後", "回", "個", "本", "円", "点", "一", "二", "三", "今", "何", "方", "気", "感", "的", "他", "皆",
    "名", "度", "目", "人", "月", "年", "週間", "日間", "年間", "ヶ月", "ネット", "ショップ", "サイト",
)  # fmt: skip
EMPTY = frozenset(_EMPTY) | ENGLISH_STOP_WORDS

_NOUN = re.compile(
    # a number takes its counter with it: 40代
    "[0-9]+[一-龥]?|"
    + "|".join(sorted(ENDING_IN_HIRAGANA, key=len, reverse=True))
    # 口コミ, 紙コップ: one kanji before katakana is part of the word
    + "|(?<![一-龥々])[一-龥][ァ-ヴ][ァ-ヴー]+|[ァ-ヴ][ァ-ヴー]+|[一-龥々]+|[a-z][a-z']{2,}"
)
#: What may follow a noun: particles, the copula, suru; anything that is no hiragana.
_FOLLOWS = re.compile(r"[がをはのもにでとやへだなすしさ]|[^ぁ-ん]|$")
_KANJI = re.compile(r"[一-龥々]")


@cache
def _left_out() -> frozenset[str]:
    """Words of feeling say how, not what; those that tell an aspect stay."""
    known = vocabulary()
    felt = {word for word, kind in zip(known.patterns, known.kinds, strict=True) if kind in ("word", "fixed")}
    return frozenset((felt - set(cues().words)) | EMPTY)


def nouns(texts: Sequence[str]) -> Iterator[set[str]]:
    """The nouns of each of ``texts``, each once; adjectives and verbs of English are among them."""
    left_out = _left_out()
    for text in texts:
        written = plain(text)
        found = {_cut(written, match) for match in _NOUN.finditer(written)}
        yield {word for word in found if _is_word(word)} - left_out


def _cut(written: str, match: re.Match[str]) -> str:
    """The run, without a last letter that begins a verb or an adjective."""
    word = match.group()
    is_whole = not _KANJI.match(word[-1]) or _FOLLOWS.match(written, match.end())
    return word if is_whole else word[:-1]


def _is_word(word: str) -> bool:
    """Two letters or more and no number; one only where it tells an aspect (味, 箱)."""
    return not word[:1].isdigit() and (len(word) > 1 or word in cues().words)
