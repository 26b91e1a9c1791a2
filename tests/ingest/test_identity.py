import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from okaeri.ingest.identity import TOO_COMMON, link
from okaeri.ingest.person_keys import kana_key, mail_key, name_key, normalised, phone_key, same_name

TARO = {"name": "山田 太郎", "kana": "ヤマダ タロウ", "phone": "090-2345-6701"}
HANAKO = {"name": "山田 花子", "kana": "ヤマダ ハナコ", "phone": "090-2345-6701"}


def person(customer_id, **columns):
    return {"customer_id": customer_id, **columns}


def persons_of(links):
    return {made.customer_id: made.person_id for made in links}


@pytest.mark.parametrize(
    ("written", "key"),
    [
        ("Taro@Example-Shop.JP ", "taro@example-shop.jp"),
        ("ｔａｒｏ＠ｓｈｏｐ．ｊｐ", "taro@shop.jp"),
        ("a..b@docomo.ne.jp", "a..b@docomo.ne.jp"),
        (".abc.@ezweb.ne.jp", ".abc.@ezweb.ne.jp"),
        ("abc@pc.fw.rakuten.ne.jp", None),
        ("x1@marketplace.amazon.co.jp", None),
        ("noreply@shop.jp", None),
        ("foo@example.com", None),
        ("なし", None),
        ("", None),
        (None, None),
    ],
)
def test_a_mail_is_lowered_never_corrected_and_no_key_where_it_names_nobody(written, key):
    assert mail_key(written) == key


@pytest.mark.parametrize(
    ("written", "key"),
    [
        ("090-1234-5670", "09012345670"),
        ("０９０－１２３４－５６７０", "09012345670"),
        ("+81 90 1234 5670", "09012345670"),
        ("+81 (0)3-1234-9999", "0312349999"),
        ("9012345670", "09012345670"),
        ("03(1234)9999", "0312349999"),
        ("03-1234-9999 内線12", "0312349999"),
        ("090-0000-0000", None),
        ("0312345678", None),
        ("000-0000-0000", None),
        ("1234", None),
        (None, None),
    ],
)
def test_a_phone_is_its_digits_and_a_dummy_is_none(written, key):
    assert phone_key(written) == key


@pytest.mark.parametrize("written", ["やまだ たろう", "ﾔﾏﾀﾞ ﾀﾛｳ", "ヤマダ　タロウ様", "ヤマダ・タロウ"])
def test_kana_is_one_however_it_is_written(written):
    assert kana_key(written) == ("ヤマダタロウ", "タロウ")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("髙橋 一", "高橋　一"),
        ("山﨑修", "山崎 修"),
        ("渡邉 廣", "渡辺広"),
        ("齋藤 國男", "斉藤国男"),
        ("濵田澤子", "浜田沢子"),
        ("辻󠄀 愛", "辻愛"),
    ],
)
def test_old_and_new_kanji_are_one_name(old, new):
    assert name_key(old)[0] == name_key(new)[0]


def test_kana_that_differs_by_small_letters_or_order_is_one_name_and_another_given_name_is_not():
    def keys(kana, name=None):
        return normalised({"kana": kana, "name": name})

    assert same_name(keys("キョウコ サトウ"), keys("サトウ キヨウコ"))
    assert same_name(keys("サトウ ハナコ"), keys("タナカ ハナコ"))
    assert same_name(keys("ヤマダ タロウ"), keys("ヤマダ ジロウ")) is False
    assert same_name(keys(None, "山田太郎"), keys(None, "Taro Yamada")) is None


def test_the_same_mail_joins_stores_and_a_member_names_the_person():
    links = link(
        [person("rakuten:12", email="a@b.jp"), person("own:7", email="A@b.jp"), person("own:8", email="c@b.jp")]
    )
    assert links == [("rakuten:12", "own:7", "mail", "a@b.jp")]


def test_phone_with_kana_joins_else_phone_with_name_and_a_phone_alone_never():
    kana_only = person("amazon:1", phone="09023456701", kana="やまだたろう")
    name_only = person("base:1", phone="+81 90-2345-6701", name="山田太郎")
    nothing = person("yahoo:1", phone="090-2345-6701")
    links = link([person("own:1", **TARO), kana_only, name_only, nothing])
    assert [(made.customer_id, made.reason) for made in links] == [("amazon:1", "phone_kana"), ("base:1", "phone_name")]


def test_a_family_sharing_mail_and_phone_stays_two_persons():
    shared = {"email": "family@b.jp"}
    family = [person("own:1", **TARO, **shared), person("rakuten:2", **HANAKO, **shared)]
    assert link(family) == []
    taro_again = person("amazon:3", **TARO, **shared)
    assert persons_of(link([*family, taro_again])) == {"amazon:3": "own:1"}
    nobody = person("base:4", **shared)
    assert link([*family, nobody]) == []


def test_two_members_of_one_store_are_one_person_only_by_mail():
    twice = [person("own:1", **TARO), person("own:2", **TARO)]
    assert link(twice) == []
    by_mail = [person("own:1", **TARO, email="t@b.jp"), person("own:2", **TARO, email="t@b.jp")]
    assert persons_of(link(by_mail)) == {"own:2": "own:1"}
    between = [*twice, person("rakuten:3", **TARO)]
    assert persons_of(link(between)) == {"rakuten:3": "own:1"}
    guest = person("own:p-0123456789ab", **TARO)
    assert persons_of(link([person("own:1", **TARO), guest])) == {"own:p-0123456789ab": "own:1"}


def test_a_key_shared_by_too_many_is_no_evidence():
    crowd = [person(f"s{n}:1", email="shop@b.jp") for n in range(TOO_COMMON + 1)]
    assert link(crowd) == []
    assert len(link(crowd[:-1])) == TOO_COMMON - 1


def test_blanks_and_dummies_join_nobody():
    empty = {"email": "", "phone": "090-0000-0000", "kana": "", "name": None}
    assert link([person("own:1", **empty), person("rakuten:1", **empty), person(None, email="a@b.jp")]) == []


def test_a_person_keeps_the_id_they_have_when_a_smaller_one_comes():
    later = [person("rakuten:55", email="a@b.jp"), person("amazon:66", email="a@b.jp"), person("own:1", email="a@b.jp")]
    first = persons_of(link(later[:2]))
    assert first == {"rakuten:55": "amazon:66"}
    assert persons_of(link(later, first)) == {"own:1": "amazon:66"}


def test_two_persons_found_to_be_one_move_together_even_those_not_looked_at_again():
    existing = {"rakuten:1": "own:1", "amazon:2": "base:2"}
    links = link([person("own:1", email="a@b.jp"), person("base:2", email="a@b.jp")], existing)
    assert persons_of(links) == {"base:2": "own:1", "amazon:2": "own:1"}


def test_what_was_taken_apart_never_comes_together_not_even_through_a_third():
    people = [person(f"{store}:1", email="a@b.jp") for store in ("own", "rakuten", "amazon")]
    undone = [("rakuten:1", "own:1")]
    found = persons_of(link(people, undone=undone))
    assert found.get("rakuten:1", "rakuten:1") != found.get("own:1", "own:1")
    assert persons_of(link(people[:2], {"amazon:1": "own:1"}, undone)) == {}


_PEOPLE = st.lists(
    st.fixed_dictionaries(
        {
            "customer_id": st.builds("{}:{}".format, st.sampled_from(["own", "rakuten", "amazon"]), st.integers(1, 6)),
            "email": st.sampled_from([None, "a@b.jp", "c@b.jp", "d@b.jp"]),
            "phone": st.sampled_from([None, "090-2345-6701", "080-9876-1234"]),
            "kana": st.sampled_from([None, "ヤマダ タロウ", "ヤマダ ハナコ"]),
            "name": st.sampled_from([None, "髙山 一", "高山一"]),
        }
    ),
    max_size=14,
)


@settings(max_examples=150, deadline=None)
@given(_PEOPLE, st.randoms(use_true_random=False))
def test_the_order_of_the_input_does_not_matter(people, chance):
    shuffled = people[:]
    chance.shuffle(shuffled)
    assert link(people) == link(shuffled)


@settings(max_examples=100, deadline=None)
@given(_PEOPLE)
def test_linking_again_changes_nothing_and_every_link_leads_to_a_person_who_is_not_linked_on(people):
    found = persons_of(link(people))
    assert link(people, found) == []
    assert not set(found) & set(found.values())


@settings(max_examples=60, deadline=None)
@given(_PEOPLE, st.integers(0, 14))
def test_a_person_id_in_use_stays_in_use_when_more_people_come(people, some):
    before = persons_of(link(people[:some]))
    after = before | persons_of(link(people, before))
    for customer, owner in before.items():
        kept = after.get(customer, customer)
        assert kept == owner or after[owner] == kept
        assert kept in before.values()


def test_planted_doubles_are_found_and_strangers_left_alone():
    chance = random.Random(5)
    people, truth = [], {}
    for number in range(3000):
        kana = "".join(chance.choices("アイウエオカキクケコサシスセソタチツテト", k=6))
        own = person(
            f"own:{number}", email=f"u{number}@b.jp", phone=f"080-{number + 1111}-5{number % 1000:03d}", kana=kana
        )
        people.append(own)
        if number % 3 == 0:
            masked = f"m{number}@pc.fw.rakuten.ne.jp"
            people.append(
                {**own, "customer_id": f"rakuten:{number}", "email": masked, "phone": own["phone"].replace("-", "")}
            )
            truth[f"rakuten:{number}"] = f"own:{number}"
    chance.shuffle(people)
    assert persons_of(link(people)) == truth
