"""Invented people: names in kanji and kana, addresses, phones and mails that lead nowhere."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

PREFECTURES = (
    "北海道", "青森県", "岩手県", "宮城県", "秋田県", "山形県", "福島県", "茨城県", "栃木県", "群馬県", "埼玉県", "千葉県",
    "東京都", "神奈川県", "新潟県", "富山県", "石川県", "福井県", "山梨県", "長野県", "岐阜県", "静岡県", "愛知県", "三重県",
    "滋賀県", "京都府", "大阪府", "兵庫県", "奈良県", "和歌山県", "鳥取県", "島根県", "岡山県", "広島県", "山口県", "徳島県",
    "香川県", "愛媛県", "高知県", "福岡県", "佐賀県", "長崎県", "熊本県", "大分県", "宮崎県", "鹿児島県", "沖縄県",
)  # fmt: skip
#: People of each prefecture in 100,000.
PREFECTURE_WEIGHTS = (
    52, 12, 12, 23, 10, 11, 18, 29, 19, 19, 73, 63, 140, 92, 22, 10, 11, 8, 8, 20, 20, 36, 75, 18,
    14, 26, 88, 55, 13, 9, 6, 7, 19, 28, 13, 7, 10, 13, 7, 51, 8, 13, 17, 11, 11, 16, 15,
)  # fmt: skip
#: First two digits of the postal code of each prefecture.
POSTAL = (
    "06", "03", "02", "98", "01", "99", "96", "31", "32", "37", "33", "26", "10", "23", "95", "93", "92", "91", "40",
    "38", "50", "42", "46", "51", "52", "60", "53", "65", "63", "64", "68", "69", "70", "73", "75", "77", "76", "79",
    "78", "81", "84", "85", "86", "87", "88", "89", "90",
)  # fmt: skip
CITIES = (
    "中央市", "緑ヶ丘市", "桜川市", "青葉市", "みなと市", "若葉町", "朝日市", "東野市", "西原町", "北条市", "南風市", "大和田市",
    "白浜町", "清水町", "花見市", "月見野市", "松原市", "竹園町", "梅里市", "小川町",
)  # fmt: skip
TOWNS = (
    "本町", "栄町", "緑町", "旭町", "泉", "桜台", "富士見", "若松町", "神明", "宮前", "新田", "大手町", "上町", "下町", "田中",
    "中島", "西浦", "東雲", "花園", "日の出",
)  # fmt: skip
BUILDINGS = ("", "", "", "", "コーポ若葉", "メゾン桜", "グリーンハイツ", "サンライズ", "ハイム宮前", "リバーサイド")
HYPHENS = ("-", "-", "-", "－", "ー", "‐")

#: Surname as usually written, as some write it, kana, weight.
SURNAMES = (
    ("佐藤", "佐藤", "サトウ", 15), ("鈴木", "鈴木", "スズキ", 14), ("高橋", "髙橋", "タカハシ", 12), ("田中", "田中", "タナカ", 11),
    ("伊藤", "伊藤", "イトウ", 9), ("渡辺", "渡邊", "ワタナベ", 9), ("山本", "山本", "ヤマモト", 9), ("中村", "中村", "ナカムラ", 9),
    ("小林", "小林", "コバヤシ", 8), ("加藤", "加藤", "カトウ", 7), ("吉田", "吉田", "ヨシダ", 7), ("山田", "山田", "ヤマダ", 7),
    ("佐々木", "佐々木", "ササキ", 6), ("山崎", "山﨑", "ヤマザキ", 6), ("斎藤", "齋藤", "サイトウ", 6), ("松本", "松本", "マツモト", 5),
    ("井上", "井上", "イノウエ", 5), ("木村", "木村", "キムラ", 5), ("林", "林", "ハヤシ", 5), ("清水", "清水", "シミズ", 5),
    ("渡部", "渡邉", "ワタナベ", 4), ("森", "森", "モリ", 4), ("阿部", "阿部", "アベ", 4), ("池田", "池田", "イケダ", 4),
    ("橋本", "橋本", "ハシモト", 4), ("石川", "石川", "イシカワ", 4), ("小川", "小川", "オガワ", 4), ("前田", "前田", "マエダ", 4),
    ("岡崎", "岡﨑", "オカザキ", 3), ("高田", "髙田", "タカダ", 3), ("宮崎", "宮﨑", "ミヤザキ", 3), ("浜田", "濱田", "ハマダ", 3),
    ("沢田", "澤田", "サワダ", 3), ("桜井", "櫻井", "サクライ", 3), ("広瀬", "廣瀬", "ヒロセ", 3), ("島田", "嶋田", "シマダ", 3),
    ("藤原", "藤原", "フジワラ", 3), ("岡田", "岡田", "オカダ", 3), ("長谷川", "長谷川", "ハセガワ", 3), ("村上", "村上", "ムラカミ", 3),
    ("近藤", "近藤", "コンドウ", 3), ("石井", "石井", "イシイ", 3), ("坂本", "坂本", "サカモト", 3), ("遠藤", "遠藤", "エンドウ", 3),
    ("青木", "青木", "アオキ", 3), ("藤井", "藤井", "フジイ", 3), ("西村", "西村", "ニシムラ", 3), ("福田", "福田", "フクダ", 3),
)  # fmt: skip
FEMALE = (
    ("花子", "ハナコ"), ("陽子", "ヨウコ"), ("美咲", "ミサキ"), ("由美子", "ユミコ"), ("恵子", "ケイコ"), ("さくら", "サクラ"),
    ("真由美", "マユミ"), ("久美子", "クミコ"), ("智子", "トモコ"), ("裕子", "ユウコ"), ("愛", "アイ"), ("明美", "アケミ"),
    ("直美", "ナオミ"), ("葵", "アオイ"), ("結衣", "ユイ"), ("麻衣", "マイ"), ("千尋", "チヒロ"), ("幸子", "サチコ"),
    ("節子", "セツコ"), ("和子", "カズコ"), ("あゆみ", "アユミ"), ("友里", "ユリ"), ("彩", "アヤ"), ("悦子", "エツコ"),
)  # fmt: skip
MALE = (
    ("太郎", "タロウ"), ("健一", "ケンイチ"), ("翔太", "ショウタ"), ("大輔", "ダイスケ"), ("誠", "マコト"), ("浩", "ヒロシ"),
    ("隆", "タカシ"), ("直樹", "ナオキ"), ("和也", "カズヤ"), ("修", "オサム"), ("拓海", "タクミ"), ("蓮", "レン"),
    ("正", "タダシ"), ("哲也", "テツヤ"), ("慎一", "シンイチ"), ("亮", "リョウ"),
)  # fmt: skip
WIDE_DIGITS = str.maketrans("0123456789-", "０１２３４５６７８９－")


@dataclass(frozen=True)
class Person:
    """One invented person as the registers of the stores hold them."""

    surname: str
    old_surname: str
    given: str
    surname_kana: str
    given_kana: str
    region: int
    postal: str
    city: str
    street: str
    building: str
    phone: str
    mail: str
    other_mail: str
    birthday: str
    style: int

    @property
    def prefecture(self) -> str:
        return PREFECTURES[self.region]

    def phone_for(self, store: int) -> str:
        """The number as typed in a store: plain, without hyphens or in full-width digits."""
        typed = (self.style + store) % 4
        if typed == 1:
            return self.phone.replace("-", "")
        return self.phone.translate(WIDE_DIGITS) if typed == 2 else self.phone

    def surname_for(self, store: int) -> str:
        """The surname as typed in a store: some write the old characters in one store and the new in another."""
        return self.old_surname if (self.style // 4 + store) % 3 == 0 else self.surname

    def mail_for(self, store: int) -> str:
        """The mail given to a store; the mall shows none but its own mask."""
        return self.mail if store == 0 else self.other_mail


def people_of(
    first_number: int, gender: np.ndarray, region: np.ndarray, birth_year: np.ndarray, other_mail: float,
    rng: np.random.Generator,
) -> list[Person]:  # fmt: skip
    """Invent as many people as there are entries in ``gender``; ``first_number`` makes phones and mails unique."""
    count = len(gender)
    dice = rng.integers(0, 1 << 20, (count, 12)).tolist()
    weights = np.cumsum([row[3] for row in SURNAMES])
    surnames = np.searchsorted(weights, rng.integers(0, weights[-1], count), side="right").tolist()
    other = (rng.random(count) < other_mail).tolist()
    rows = zip(dice, surnames, other, gender.tolist(), region.tolist(), birth_year.tolist(), strict=True)
    return [_person(first_number + place, *row) for place, row in enumerate(rows)]


def _person(number: int, dice: list[int], surname: int, other: bool, gender: int, region: int, born: int) -> Person:
    plain, old, kana, _ = SURNAMES[surname]
    names = MALE if gender == 1 else FEMALE
    given, given_kana = names[dice[0] % len(names)]
    building = BUILDINGS[dice[11] % len(BUILDINGS)]
    dash = HYPHENS[dice[1] % len(HYPHENS)]
    mail = f"{kana_mail(dice[2])}{number}@mail.example.{'jp' if dice[3] % 3 else 'com'}"
    line = (number * 48_271 + 12_345_679) % 100_000_000
    return Person(
        surname=plain, old_surname=old, given=given, surname_kana=kana,
        given_kana=given_kana, region=region, postal=f"{POSTAL[region]}{dice[4] % 10}{dice[5] % 10000:04d}",
        city=CITIES[dice[6] % len(CITIES)],
        street=f"{TOWNS[dice[7] % len(TOWNS)]}{dice[8] % 9 + 1}{dash}{dice[9] % 20 + 1}{dash}{dice[10] % 30 + 1}",
        building=building and f"{building}{dice[4] % 9 + 1}0{dice[5] % 9}",
        phone=f"0{(7, 8, 9)[dice[3] % 3]}0-{line // 10000:04d}-{line % 10000:04d}", mail=mail,
        other_mail=f"sub.{mail}" if other else mail, birthday=f"{born}-{dice[6] % 12 + 1:02d}-{dice[7] % 28 + 1:02d}",
        style=dice[8],
    )  # fmt: skip


def kana_mail(dice: int) -> str:
    """A readable beginning of a mail address."""
    return ("hana", "sora", "yuki", "momo", "rin", "umi", "kaze", "hoshi")[dice % 8]
