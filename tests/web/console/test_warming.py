"""Panels are written before anybody asks, and just as whoever asks would have them."""

import pytest

from okaeri.loop.workspace import start_django

start_django()

from okaeri.web.console import panels, warming  # noqa: E402
from tests.web.console.shops import client_of, measured_shop  # noqa: E402


@pytest.fixture(scope="module")
def shop(tmp_path_factory):
    return measured_shop(tmp_path_factory.mktemp("warming"))


def test_after_warming_no_page_of_any_role_has_a_panel_to_write(shop):
    from okaeri.loop.published import published

    with shop.workspace.records():
        told, laid = warming.readers(shop.workspace), published(shop.workspace)
    assert {role for _, role in told} == {"owner", "marketer", "analyst", "support", "read_only"}
    warming.warm(shop.workspace, laid, told)
    before = panels._written.cache_info().misses
    for _, role in told:
        client = client_of(shop, role)
        for name in panels.PANELS:
            assert client.get(f"/console/{'' if name == 'today' else name + '/'}").status_code in (200, 403)
    assert panels._written.cache_info().misses == before > 0


def test_a_panel_shows_only_what_the_role_may_open(shop):
    shown = {role: client_of(shop, role).get("/console/value/").content.decode() for role in ("analyst", "read_only")}
    assert "/console/data/tables/purchases/" not in shown["read_only"]
    client = client_of(shop, "owner")
    people = client.get("/console/segments/").content.decode()
    assert '<a href="/console/customers/?' in people
    assert client.get("/console/segments/").content.decode().count("<table") == people.count("<table") > 3


def test_the_server_looks_for_new_figures_by_itself(shop, monkeypatch):
    client_of(shop)  # this process serves the shop
    seen, rounds = [], iter([None, None])

    def pause(_seconds):
        if next(rounds, "over") == "over":
            raise SystemExit

    monkeypatch.setattr(warming, "warm", lambda workspace, laid, readers: seen.append((laid, readers)))
    monkeypatch.setattr(warming.time, "sleep", pause)
    with pytest.raises(SystemExit):
        warming._again_and_again()
    assert len(seen) == 1, "the same figures are written once"
