"""Asking and sending as a shop's own program does."""

from __future__ import annotations

import json
from typing import Any

from django.test import Client

from okaeri.shop import Shop


def key_of(shop: Shop, *permissions: str) -> str:
    """The text of a new key with these permissions."""
    from okaeri.records import keys

    with shop.workspace.records():
        return keys.make("test", permissions or keys.KEY_PERMISSIONS, actor="test")[1]


class Program:
    """A program with a key, or without."""

    def __init__(self, shop: Shop, *permissions: str, key: str | None = None):
        from okaeri.web import serving

        serving.serve(shop.workspace)
        self.client = Client(raise_request_exception=False)
        self.headers = {"Authorization": f"Bearer {key if key is not None else key_of(shop, *permissions)}"}

    def get(self, path: str, **asked: Any) -> Any:
        return self.client.get(f"/api/v1/{path}", asked, headers=self.headers)

    def send(self, kind: str, rows: Any, key: str = "k1", **headers: str) -> Any:
        body = rows if isinstance(rows, str | bytes) else json.dumps({"rows": rows})
        told = {**self.headers, "Idempotency-Key": key, **headers}
        return self.client.post(f"/api/v1/{kind}", body, content_type="application/json", headers=told)


def order(number: int, **more: Any) -> dict[str, Any]:
    """An order of one line."""
    line = {"line_no": 1, "product_id": "P1", "quantity": 2, "unit_price": 600}
    told = {"order_id": f"A{number}", "customer_id": f"c{number}", "ordered_at": "2026-03-02T00:30:00+09:00"}
    return {**told, "total": 1200, "lines": [line], **more}


def refused(answer: Any, status: int) -> dict[str, Any]:
    """The problem an answer tells; fails where it is not one as RFC 9457 has it."""
    assert answer.status_code == status, answer.content
    assert answer["Content-Type"] == "application/problem+json"
    told = answer.json()
    assert (told["status"], told["type"]) == (status, "about:blank")
    assert told["title"]
    assert told["detail"]
    return told
