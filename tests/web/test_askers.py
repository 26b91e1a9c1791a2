"""Whose request it is: nobody can give themselves another address, and a proxy of the shop's own hides nobody."""

import pytest

from okaeri.schema.errors import DataRejected
from okaeri.schema.settings import settings_in
from okaeri.web.askers import asker

PROXIES = ("10.0.0.0/8", "192.0.2.1", "fd00::/8")


@pytest.mark.parametrize(
    ("connected", "forwarded", "asks"),
    [
        ("198.51.100.9", "203.0.113.5", "198.51.100.9"),
        ("10.0.0.1", "203.0.113.5", "203.0.113.5"),
        ("10.0.0.1", "1.1.1.1, 203.0.113.5", "203.0.113.5"),
        ("10.0.0.1", "1.1.1.1, 203.0.113.5, 192.0.2.1", "203.0.113.5"),
        ("10.0.0.1", "1.1.1.1, 203.0.113.5, 192.0.2.1,10.7.7.7 ", "203.0.113.5"),
        ("10.0.0.1", "10.0.0.9, 10.0.0.8", "10.0.0.9"),
        ("10.0.0.1", "203.0.113.5, unknown, 10.0.0.8", "10.0.0.8"),
        ("10.0.0.1", "unknown", "10.0.0.1"),
        ("10.0.0.1", "", "10.0.0.1"),
        ("10.0.0.1", "203.0.113.5:4711", "203.0.113.5"),
        ("fd00::1", "[2001:db8::7]:443", "2001:db8::7"),
        ("fd00::1", "2001:db8::7", "2001:db8::7"),
        ("::ffff:10.0.0.1", "203.0.113.5", "203.0.113.5"),
        ("::ffff:198.51.100.9", "203.0.113.5", "::ffff:198.51.100.9"),
        ("", "203.0.113.5", ""),
        ("10.0.0.1", ",".join(["203.0.113.5", *["10.0.0.2"] * 500]), "10.0.0.2"),
    ],
)
def test_the_nearest_address_that_is_no_trusted_proxy_asks(connected, forwarded, asks):
    about = {"REMOTE_ADDR": connected, "HTTP_X_FORWARDED_FOR": forwarded}
    assert asker(about, PROXIES) == asks
    assert asker(about, ()) == connected


def test_a_proxy_that_is_no_address_is_refused_by_its_name():
    assert settings_in(b'[web]\ntrusted_proxies = ["10.0.0.0/8", "::1"]', "okaeri.toml").web.trusted_proxies
    with pytest.raises(DataRejected, match=r"web\.trusted_proxies"):
        settings_in(b'[web]\ntrusted_proxies = ["proxy.local"]', "okaeri.toml")
