"""Bringing a file in the browser: seen, confirmed, taken in by a worker, measured; and taken back."""

import shutil
from datetime import date, timedelta

import pytest

import okaeri
from tests.loop.files import eccube
from tests.web.console.shops import client_of, empty_shop

CUSTOMERS = 6


def orders(path, first=1, count=24, **cells):
    """An EC-CUBE file: customers who order every other month."""
    start = date(2026, 1, 3)
    rows = []
    for n in range(first, first + count):
        customer = n % CUSTOMERS
        day = start + timedelta(days=(n // CUSTOMERS) * 55 + customer)
        named = {
            "会員ID": str(customer),
            "メールアドレス": f"m{customer}@okaeri-mail.jp",
            "TEL": f"090-1111-22{customer:02}",
        }
        rows.append({"注文番号": str(n), "受注日": f"{day} 10:00:00", **named, **cells})
    eccube(path, rows)
    return path


@pytest.fixture(scope="module")
def empty(tmp_path_factory):
    return empty_shop(tmp_path_factory.mktemp("data")).workspace.path


@pytest.fixture
def shop(empty, tmp_path):
    shutil.copytree(empty, tmp_path / "shop")
    return okaeri.open(tmp_path / "shop")


def bring(client, path, name=None):
    with path.open("rb") as file:
        if name:
            file.name = name  # type: ignore[misc]
        return client.post("/console/data/upload/", {"file": file})


def test_of_files_brought_together_each_is_told_what_became_of_it(shop, tmp_path):
    owner = client_of(shop, "owner")
    orders(tmp_path / "a.csv")
    (tmp_path / "b.csv").write_text("")
    (tmp_path / "c.exe").write_text("x")
    files = [(tmp_path / name).open("rb") for name in ("a.csv", "b.csv", "c.exe")]
    answer = owner.post("/console/data/upload/", {"file": files})
    assert answer.status_code == 303
    place = answer["Location"]
    keys = place.partition("?keys=")[2].split(",")
    told = owner.get(place).content.decode()
    assert len(keys) == 2
    for name in ("a.csv", "b.csv", "c.exe"):
        assert told.count(name) == 1
    assert ".parquet" in told, "the one that was not kept is told why"
    assert ".exe" not in owner.get(place).content.decode(), "and once"
    assert "2件" in owner.get("/console/data/").content.decode()
    assert owner.get(f"/console/data/uploads/{keys[1]}/").status_code == 422
    owner.post(f"/console/data/uploads/{keys[0]}/confirm/", {"day": "newest"})
    assert "取り込み待ち" in owner.get(place).content.decode()
    assert worked(shop, 1) == 1
    after = owner.get(place).content.decode()
    assert "取り込み済み" in after
    assert "24" in after
    gone = owner.get("/console/data/uploads/?keys=0123456789abcdef,../..,x").content.decode()
    assert gone.count("もうありません") == 3
    assert client_of(shop, "analyst").get(place).status_code == 403


def upload_of(answer):
    assert answer.status_code == 303, answer.content.decode()[:2000]
    return answer["Location"]


def worked(shop, most=9):
    """Do the jobs there are, up to ``most``; tells how many."""
    from okaeri.loop import jobs

    done = 0
    while done < most and jobs.work(shop.workspace, "test"):
        done += 1
    return done


def test_a_file_is_shown_before_it_is_taken_and_measured_after(shop, tmp_path):
    client = client_of(shop, "marketer")
    place = upload_of(bring(client, orders(tmp_path / "受注.csv")))
    seen = client.get(place).content.decode()
    assert "EC-CUBE" in seen
    assert "CP932" in seen
    assert "24" in seen
    with shop.workspace.records():
        assert okaeri.open(shop.workspace.path).tables()[0].rows == 0
    answer = client.post(place + "confirm/", {"day": "newest"})
    again = client.post(place + "confirm/", {"day": "newest"})
    assert answer["Location"] == again["Location"]
    job = answer["Location"]
    assert "待機中" in client.get(job).content.decode()
    assert worked(shop) == 2
    done = client.get(job, headers={"HX-Request": "true"})
    assert (done.status_code, done["HX-Redirect"]) == (204, "/console/value/")
    assert shop.show("orders").num_rows == 24
    assert client.get("/console/value/").status_code == 200
    after = client.post(place + "confirm/", {"day": "newest"})
    assert after["Location"] == job
    with shop.workspace.records():
        from okaeri.records.models import AuditEntry, ImportRun

        assert ImportRun.objects.get().actor == "marketer"
        assert AuditEntry.objects.filter(actor="marketer", action="import").count() == 1
    assert not any((shop.workspace.work / "uploads").glob("*/*"))


def test_a_file_of_unknown_form_is_read_as_the_user_says(shop, tmp_path):
    client = client_of(shop, "owner")
    rows = ["きまり,だれ,いつ,しな,こすう,おかね,じょうたい"]
    rows += [f"a{n},c{n % 5},2026-0{1 + n % 3}-1{n % 9},SKU{n % 3},1,{1000 + n},済" for n in range(30)]
    file = tmp_path / "独自.csv"
    file.write_text("\n".join(rows), encoding="utf-8")
    place = upload_of(bring(client, file))
    asked = client.get(place + "?grain=line").content.decode()
    assert "このファイルの読み方" in asked
    told = {
        "grain": "line", "tax": "included", "store": "own", "c:orders.order_id": "きまり", "c:orders.customer_id": "だれ",
        "c:order_lines.product_id": "しな", "c:order_lines.quantity": "こすう", "c:order_lines.unit_price": "おかね",
        "c:orders.status": "じょうたい", "w:済": "shipped",
    }  # fmt: skip
    lacking = client.post(place + "mapping/", told)
    assert lacking.status_code == 422
    agreed = client.post(place + "mapping/", told | {"c:orders.ordered_at": "いつ"})
    seen = client.get(agreed["Location"]).content.decode()
    assert "この読み方で進む" not in seen
    assert "取り込んで集計する" in seen
    client.post(place + "confirm/", {"day": "newest"})
    assert worked(shop, 1) == 1
    assert sorted(set(shop.show("orders")["status"].to_pylist())) == ["shipped"]
    second = tmp_path / "独自2.csv"
    second.write_text("\n".join([rows[0], "a99,c1,2026-04-01,SKU1,1,500,済"]), encoding="utf-8")
    again = client.get(upload_of(bring(client, second))).content.decode()
    assert "取り込んで集計する" in again


def test_what_is_wrong_is_told_by_file_row_and_column_in_the_users_language(shop, tmp_path):
    client = client_of(shop, "owner")
    bad = orders(tmp_path / "bad.csv")
    text = bad.read_bytes().decode("cp932").replace("2026-01-04 10:00:00", "いつか")
    bad.write_bytes(text.encode("cp932"))
    place = upload_of(bring(client, bad))
    seen = client.get(place).content.decode()
    assert "bad.csv, 2行目, " in seen
    assert "取り込んで集計する" not in seen
    listed = client.get(place + "rejected/")
    assert listed.status_code == 200
    assert b"row_no" in b"".join(listed.streaming_content)
    client.post("/console/language/", {"language": "en"})
    english = client.get(place).content.decode()
    assert "bad.csv, row 2, column " in english


@pytest.mark.parametrize(("name", "status"), [("x.exe", 422), ("../../../etc/passwd", 422), ("a.csv", 303)])
def test_only_tables_are_kept_and_nowhere_but_in_the_uploads(shop, tmp_path, name, status):
    client = client_of(shop, "owner")
    answer = client.post("/console/data/upload/", {"file": _named(orders(tmp_path / "o.csv"), name)})
    assert answer.status_code == status


def _named(path, name):
    from django.core.files.uploadedfile import SimpleUploadedFile

    return SimpleUploadedFile(name, path.read_bytes())


def test_names_of_uploads_can_do_no_harm():
    from okaeri.loop.uploads import safe_name

    assert safe_name("../../受注.csv") == "受注.csv"
    assert safe_name("C:\\Users\\x\\orders.csv") == "orders.csv"
    assert safe_name("..") == "file"
    assert safe_name(".htaccess") == "htaccess"
    assert safe_name("a\0b\nc.csv") == "a_b_c.csv"
    assert safe_name("長" * 30 + ".csv") == "長" * 30 + ".csv"


@pytest.mark.parametrize("letter", ["長", "𠮷", "x"])
def test_a_file_with_a_long_name_is_kept_under_the_beginning_of_it(shop, letter):
    from okaeri.loop import uploads

    key = uploads.keep(shop.workspace, letter * 300 + ".csv", [b"x"])
    kept = uploads.find(shop.workspace, key)
    assert kept.suffix == ".csv"
    assert set(kept.stem) == {letter}


def test_a_file_larger_than_the_setting_is_refused_and_leaves_nothing(shop):
    from dataclasses import replace

    from okaeri.loop import uploads
    from okaeri.schema.errors import RuleRefused

    settings = replace(shop.workspace.settings, imports=replace(shop.workspace.settings.imports, max_upload_mb=1))
    small = replace(shop.workspace, settings=settings)
    with pytest.raises(RuleRefused, match="1 MB"):
        uploads.keep(small, "big.csv", (b"x" * uploads.MEGABYTE for _ in range(2)))
    assert list((shop.workspace.work / "uploads").iterdir()) == []
