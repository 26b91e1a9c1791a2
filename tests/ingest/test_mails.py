"""Mail folders become voices: every person's own words, and nothing else."""

from __future__ import annotations

import mailbox
import time
from datetime import UTC, datetime
from email.header import Header
from email.message import EmailMessage, Message
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import okaeri
from okaeri.ingest.checks import check
from okaeri.ingest.mails import read_mails
from okaeri.ingest.parsed import Context
from okaeri.ingest.sources import recognise
from okaeri.schema.errors import DataRejected
from tests.ingest.files import TOKYO, connection, rows_of
from tests.loop.files import eccube


def mail(body: str, sender: str = "hanako@mail.jp", subject: str = "お問い合わせ", **headers: str) -> EmailMessage:
    made = EmailMessage()
    made["From"], made["Subject"] = sender, subject
    made["Date"] = headers.pop("Date", "Fri, 01 May 2026 10:00:00 +0900")
    for name, value in headers.items():
        made[name.replace("_", "-")] = value
    made.set_content(body)
    return made


def folder(path: Path, *mails: Message) -> Path:
    box = mailbox.mbox(path)
    for one in mails:
        box.add(one)
    box.close()
    return path


def voices(path: Path, **context: object) -> list[dict]:
    raw = read_mails(path, connection(), path.parent)
    return rows_of(recognise(raw.header).parse(raw, Context(zone=TOKYO, secret="s", **context)).facts["voices"])


def words(path: Path) -> list[str]:
    return [row["text"] for row in voices(path)]


def test_a_mail_is_an_inquiry_with_subject_words_and_instant(tmp_path):
    (row,) = voices(folder(tmp_path / "in.mbox", mail("箱がつぶれていました。", Message_ID="<1@mail.jp>")))
    assert (row["source"], row["text"]) == ("inquiry", "お問い合わせ\n箱がつぶれていました。")
    assert row["at"] == datetime(2026, 5, 1, 1, tzinfo=UTC)
    assert str(row["voice_date"]) == "2026-05-01"
    assert row["customer_id"].startswith("own:m-")


def test_an_answer_to_a_mail_is_a_reply_without_what_it_quotes(tmp_path):
    body = "ありがとう、届きました。\n\n2026年5月1日(金) 9:00 お店 <shop@shop.jp>:\n> 発送しました。\n"
    english = "Thank you!\n\nOn Fri, 1 May 2026 at 9:00, Shop <shop@shop.jp> wrote:\n> Shipped."
    outlook = "了解です。\n-----Original Message-----\nFrom: shop@shop.jp\n発送しました。"
    between = "> 届きましたか。\nはい。\n＞満足ですか。\nとても。\n-- \n花子"
    path = folder(
        tmp_path / "in.mbox", *(mail(text, In_Reply_To="<2@s>") for text in (body, english, outlook, between))
    )
    assert {row["source"] for row in voices(path)} == {"reply"}
    threaded = folder(tmp_path / "threaded.mbox", mail("はい。", References="<1@s> <2@s>"))
    assert [row["source"] for row in voices(threaded)] == ["reply"]
    assert [text.partition("\n")[2] for text in words(path)] == [
        "ありがとう、届きました。", "Thank you!", "了解です。", "はい。\nとても。",
    ]  # fmt: skip


def test_what_machines_send_is_left_out(tmp_path):
    bounce = mail("x")
    bounce.replace_header("Content-Type", "multipart/report; boundary=b")
    senders = ("MAILER-DAEMON@mail.jp", "postmaster@mail.jp", "no-reply@mail.jp", "Shop <noreply@mail.jp>")
    path = folder(
        tmp_path / "in.mbox", *(mail("x", sender=sender) for sender in senders), bounce,
        mail("x", Auto_Submitted="auto-replied"), *(mail("x", Precedence=kind) for kind in ("bulk", "junk", "List")),
        mail("人です", Auto_Submitted="no", sender="reply@mail.jp"),
    )  # fmt: skip
    assert words(path) == ["お問い合わせ\n人です"]


def test_of_a_very_long_mail_the_beginning_is_kept(tmp_path):
    (text,) = words(folder(tmp_path / "in.mbox", mail("長い話。\n" * 30_000)))
    assert text.startswith("お問い合わせ\n長い話。")
    assert len(text) == 20_000


def test_an_attached_text_is_not_what_the_writer_says(tmp_path):
    sent = mail("本文です")
    sent.add_attachment("添付の中身", filename="log.txt")
    alone = mail("x")
    alone.replace_header("Content-Type", "text/plain; charset=utf-8; name=log.txt")
    alone["Content-Disposition"] = "attachment; filename=log.txt"
    assert words(folder(tmp_path / "in.mbox", sent, alone)) == ["お問い合わせ\n本文です", "お問い合わせ"]


def test_the_shops_own_mails_are_left_out_by_address_or_domain(tmp_path):
    senders = ("info@shop.jp", "Boss@Shop.jp", "help@desk.jp", "me@notshop.jp")
    path = folder(tmp_path / "in.mbox", *(mail("x", sender=sender) for sender in senders))
    assert len(voices(path)) == 4
    assert len(voices(path, own_mails=("@shop.jp", "HELP@desk.jp"))) == 1


@pytest.mark.parametrize("charset", ["utf-8", "iso-2022-jp", "cp932", "euc-jp"])
def test_japanese_is_read_in_every_charset_it_is_sent_in(tmp_path, charset):
    text = "荷物が届きません。高橋"
    sent = Message()
    sent["From"], sent["Date"] = "a@b.jp", "Fri, 01 May 2026 10:00:00 +0900"
    sent["Subject"] = Header("配送について", charset).encode()
    sent["Content-Type"] = f"text/plain; charset={charset}"
    sent["Content-Transfer-Encoding"] = "8bit"
    path = tmp_path / "in.mbox"
    path.write_bytes(b"From a@b.jp Fri May  1 10:00:00 2026\n" + sent.as_bytes() + text.encode(charset) + b"\n")
    assert words(path) == ["配送について\n" + text]


def test_html_alone_is_read_without_tags_and_plain_text_is_preferred(tmp_path):
    alone = mail("")
    alone.set_content(
        "<style>p{}</style><p>香りが<b>強い</b></p><p>&amp; 苦手</p><blockquote>前</blockquote>", subtype="html"
    )
    both = mail("文字だけ")
    both.add_alternative("<p>飾り</p>", subtype="html")
    assert words(folder(tmp_path / "in.mbox", alone, both)) == [
        "お問い合わせ\n香りが強い\n& 苦手", "お問い合わせ\n文字だけ",
    ]  # fmt: skip


def test_the_same_mail_in_two_folders_is_one_voice(tmp_path):
    one = mail("一度だけ", Message_ID="<same@mail.jp>")
    (first,), (second,) = (voices(folder(tmp_path / name, one)) for name in ("a.mbox", "b.mbox"))
    assert first["voice_id"] == second["voice_id"]


def test_a_mail_without_a_date_is_rejected_by_its_place_and_the_rest_stay(tmp_path):
    path = folder(tmp_path / "in.mbox", mail("一"), mail("二", Date="gestern"), mail("三"))
    raw = read_mails(path, connection(), tmp_path)
    checked = check(recognise(raw.header).parse(raw, Context(zone=TOKYO, secret="s")), raw)
    assert checked.rejected.select("row_no").distinct().to_pyarrow()["row_no"].to_pylist() == [2]
    assert checked.counts["voices"] == 2


def test_a_quotation_in_a_quotation_ends_with_the_outer_one(tmp_path):
    nested = mail("")
    nested.set_content(
        "はい<BLOCKQUOTE type=cite>前<blockquote>その前</blockquote>店の言葉</BLOCKQUOTE>です"
        "<style>a</blockquote>b</style>。<!-- x --><br/>3 &lt; 5",
        subtype="html",
    )
    assert words(folder(tmp_path / "in.mbox", nested)) == ["お問い合わせ\nはいです。\n3 < 5"]


def test_a_page_of_many_beginnings_and_no_end_is_read_in_a_moment(tmp_path):
    long = mail("")
    long.set_content(
        "言葉" + "<style" * 100_000 + "<" * 400_000 + "<blockquote>" * 100_000 + "<" + "a" * 1_000_000, subtype="html"
    )
    started = time.process_time()
    assert words(folder(tmp_path / "in.mbox", long))[0].startswith("お問い合わせ\n言葉")
    assert time.process_time() - started < 10


def test_a_line_the_folder_marked_is_the_writers_own(tmp_path):
    assert words(folder(tmp_path / "in.mbox", mail("From the first day I liked it.\n> shop\nYes"))) == [
        "お問い合わせ\nFrom the first day I liked it.\nYes"
    ]


def test_a_date_without_an_offset_is_of_utc(tmp_path):
    (row,) = voices(folder(tmp_path / "in.mbox", mail("x", Date="Fri, 01 May 2026 10:00:00 -0000")))
    assert row["at"] == datetime(2026, 5, 1, 10, tzinfo=UTC)


@pytest.mark.parametrize(
    "header",
    [
        b"Subject: =?utf-8?b?a?=", b"Date: Fri, 01 May 99999999999999999999 10:00:00 +0900",
        b"Content-Type: text/plain; charset=idna", b"Content-Type: text/plain; charset=unicode-escape",
        b"Date: Fri, 01 May 2026 10:00:00 +99999999999999999999",
    ],
)  # fmt: skip
def test_a_mail_gone_wrong_does_not_keep_the_others_out(tmp_path, header):
    wrong = b"From a@b.jp Fri May  1 10:00:00 2026\nFrom: a@b.jp\n" + header + b"\n\n\\ud800 .." + b"a" * 70 + b"\n\n"
    path = folder(tmp_path / "in.mbox", mail("一"), mail("二"))
    path.write_bytes(wrong + path.read_bytes())
    assert read_mails(path, connection(), tmp_path).rows.count().execute() == 3


def test_a_subject_sent_as_bare_bytes_is_read(tmp_path):
    path = tmp_path / "in.mbox"
    bare = "Subject: 返品について\n\n袋が破れていました".encode()
    path.write_bytes(b"From a@b.jp Fri May  1 10:00:00 2026\nDate: Fri, 01 May 2026 10:00:00 +0900\n" + bare + b"\n")
    assert words(path) == ["返品について\n袋が破れていました"]


@pytest.mark.parametrize("content", [b"", b"order_id,total\n1,2\n"])
def test_a_file_that_is_no_mail_folder_is_refused(tmp_path, content):
    (tmp_path / "in.mbox").write_bytes(content)
    with pytest.raises(DataRejected, match="mail folder"):
        read_mails(tmp_path / "in.mbox", connection(), tmp_path)


def test_a_mail_joins_the_customer_who_has_its_address_and_loses_what_tells_the_person(tmp_path):
    shop = okaeri.init(tmp_path / "shop")
    from okaeri.records.models import Link

    shop.import_files([eccube(tmp_path / "orders.csv", [{"会員ID": "7", "メールアドレス": "hanako@mail.jp"}])])
    (done,) = shop.import_files(
        [folder(tmp_path / "in.mbox", mail("電話は090-1234-5670です", sender="Hanako <HANAKO@mail.jp>"))]
    )
    assert (done.source, done.counts["voices"], done.links) == ("mails", 1, 1)
    (voice,) = shop.show("voices").to_pylist()
    assert "090" not in voice["text"]
    (order,) = shop.show("orders").to_pylist()
    with shop.workspace.records():
        (link,) = Link.objects.all()
    assert {link.customer_id: link.person_id} == {voice["customer_id"]: order["customer_id"]}


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.binary(max_size=300), min_size=1, max_size=4))
def test_whatever_bytes_a_folder_holds_it_is_read_or_refused(tmp_path, bodies):
    path = tmp_path / "any.mbox"
    path.write_bytes(b"".join(b"From a@b.jp Fri May  1 10:00:00 2026\n" + body + b"\n\n" for body in bodies))
    try:
        rows = read_mails(path, connection(), tmp_path).rows.to_pyarrow()
    except DataRejected:
        return
    assert rows.num_rows >= 1
