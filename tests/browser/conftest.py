"""A module's ``shop``, served, and a browser that looks at it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import pytest

from tests.browser.served import looking, served

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

    from okaeri.shop import Shop


@pytest.fixture(scope="module")
def address(shop: Shop) -> Iterator[str]:
    with served(shop.workspace.path) as here:
        yield here


@pytest.fixture
def look(browser: Browser, address: str) -> Iterator[Callable[..., Page]]:
    with looking(browser, address) as opened:
        yield opened
