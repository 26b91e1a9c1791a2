"""The engine llm against a small HTTP server that stands in for the endpoint."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from typer.testing import CliRunner

from okaeri.cli import app
from okaeri.loop.language_model import TRIES, LanguageModel
from okaeri.schema.errors import RuleRefused
from okaeri.schema.settings import LanguageModelSettings

KEY = "secret-of-the-test"
RUNNER = CliRunner()


class Endpoint:
    """Scores texts by 良 and 悪; ``broken`` are answers (status, body) given before that."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, dict, dict]] = []
        self.broken: list[tuple[int, str]] = []
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.address = f"http://127.0.0.1:{self.server.server_port}/v1"

    def _handler(endpoint) -> type[BaseHTTPRequestHandler]:  # noqa: N805
        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                endpoint.asked.append((self.path, dict(self.headers), body))
                status, told = endpoint.broken.pop(0) if endpoint.broken else (200, endpoint.answer(self.path, body))
                self.send_response(status)
                self.send_header("Location", "http://127.0.0.1:9/elsewhere")
                self.end_headers()
                self.wfile.write(told.encode())

            def log_message(self, *_: object) -> None:
                """Quiet."""

        return Handler

    @staticmethod
    def answer(path: str, body: dict) -> str:
        rows = [
            {
                "id": item["id"],
                "score": ("良" in item["text"]) - ("悪" in item["text"]),
                "confidence": 0.9,
                "words": ["良", "悪", "made up"],
            }
            for item in sent(body)
        ]
        said = f"Here you are:\n```json\n{json.dumps(rows[::-1])}\n```"
        if path.endswith("/messages"):
            return json.dumps({"content": [{"type": "text", "text": said}]})
        return json.dumps({"choices": [{"message": {"content": said}}]})

    def sent(self) -> list[list[str]]:
        return [[item["text"] for item in sent(body)] for _, _, body in self.asked]


def sent(body: dict) -> list[dict]:
    return json.loads(body["messages"][0]["content"].split("\n\n", 1)[1])


@pytest.fixture
def endpoint(monkeypatch) -> Iterator[Endpoint]:
    monkeypatch.setenv("OKAERI_LLM_KEY", KEY)
    found = Endpoint()
    yield found
    found.server.shutdown()
    found.server.server_close()


def model(endpoint: Endpoint, kind: str = "openai", waits: list[float] | None = None, **other) -> LanguageModel:
    settings = LanguageModelSettings(kind=kind, address=endpoint.address, model="m-1", **other)
    return LanguageModel(settings, (waits if waits is not None else []).append)


@pytest.mark.parametrize(
    ("kind", "path", "header", "value"),
    [
        ("openai", "/v1/chat/completions", "Authorization", f"Bearer {KEY}"),
        ("anthropic", "/v1/messages", "X-Api-Key", KEY),
    ],
)
def test_texts_are_scored_in_their_order(endpoint, kind, path, header, value):
    found = model(endpoint, kind).score(["良い", "悪い", "  ", "届いた"])
    assert found.score.tolist() == [1.0, -1.0, 0.0, 0.0]
    assert found.confidence.tolist() == [0.9, 0.9, 0.0, 0.9]
    assert found.evidence == [("良",), ("悪",), (), ()]  # only words that are in the text
    assert set(found.engine) == {"llm-m-1"}
    ((asked, headers, body),) = endpoint.asked
    assert (asked, body["model"]) == (path, "m-1")
    assert {name.lower(): one for name, one in headers.items()}[header.lower()] == value
    assert KEY not in json.dumps(body)


def test_texts_go_in_batches_and_without_mails_and_phones(endpoint):
    texts = ["良い", "taro@example.com へ 090-1234-5678", "悪い"]
    assert model(endpoint, texts_per_request=2).score(texts).score.tolist() == [1.0, 0.0, -1.0]
    assert [len(part) for part in endpoint.sent()] == [2, 1]
    assert not any("example.com" in text or "1234" in text for part in endpoint.sent() for text in part)


ROW = '{"id": 0, "score": %s, "confidence": 1}'


def said(content: str) -> tuple[int, str]:
    return 200, json.dumps({"choices": [{"message": {"content": content}}]})


@pytest.mark.parametrize(
    "broken",
    [
        (500, ""), (429, "slow down"), (200, "no JSON"), (200, "{}"), (200, "[]"), said("I cannot"), said("[]"),
        said("[" + ROW % 1.5 + "]"), said("[" + ROW % "NaN" + "]"), said("[" + ROW % '"bad"' + "]"), said("[1]"),
    ],
)  # fmt: skip
def test_a_bad_answer_is_asked_for_again(endpoint, broken):
    waits: list[float] = []
    endpoint.broken = [broken]
    assert model(endpoint, waits=waits).score(["良い"]).score.tolist() == [1.0]
    assert (len(endpoint.asked), waits) == (2, [1.0])


def test_after_some_tries_it_gives_up_rather_than_make_up_a_score(endpoint):
    waits: list[float] = []
    endpoint.broken = [(503, "")] * 9
    with pytest.raises(RuleRefused, match="no usable answer after 4 tries: 503"):
        model(endpoint, waits=waits).score(["良い"])
    assert len(endpoint.asked) == TRIES
    assert waits == [1.0, 2.0, 4.0]


@pytest.mark.parametrize("status", [400, 401, 403, 404, 302])
def test_a_refusal_is_told_at_once_without_the_key(endpoint, status):
    endpoint.broken = [(status, KEY)]
    with pytest.raises(RuleRefused, match=f"refused: {status}") as raised:
        model(endpoint).score(["良い"])
    assert len(endpoint.asked) == 1
    assert KEY not in str(raised.value)


def test_an_endpoint_that_is_not_there_is_named(endpoint):
    endpoint.server.shutdown()
    endpoint.server.server_close()
    with pytest.raises(RuleRefused, match=endpoint.address):
        model(endpoint).score(["良い"])


def test_it_is_off_until_it_is_configured(monkeypatch):
    with pytest.raises(RuleRefused, match="off"):
        LanguageModel(LanguageModelSettings())
    monkeypatch.delenv("OKAERI_LLM_KEY", raising=False)
    there = {"kind": "openai", "model": "m"}
    with pytest.raises(RuleRefused, match="OKAERI_LLM_KEY"):
        LanguageModel(LanguageModelSettings(address="https://api.example.com/v1", **there))
    monkeypatch.setenv("OKAERI_LLM_KEY", KEY)
    for address in ("http://api.example.com/v1", "file:///etc/passwd"):
        with pytest.raises(RuleRefused, match="https"):
            LanguageModel(LanguageModelSettings(address=address, **there))


def test_okaeri_feel_asks_the_model_of_the_shops_settings(endpoint, tmp_path: Path):
    (tmp_path / "okaeri.toml").write_text(
        f'[language_model]\nkind = "anthropic"\naddress = "{endpoint.address}"\nmodel = "m-1"\n', encoding="utf-8"
    )
    file = tmp_path / "texts.csv"
    file.write_text("text\n良い\n悪い\n", encoding="utf-8")
    arguments = ["feel", str(file), "--text", "text", "--engine", "llm", "--json", "--shop", str(tmp_path)]
    done = RUNNER.invoke(app, arguments)
    assert done.exit_code == 0, done.output
    told = json.loads(done.output)
    assert (told["engine"], told["mean_score"], told["texts"]) == ("llm-m-1", 0.0, 2)
    off = RUNNER.invoke(app, [*arguments[:-1], str(tmp_path / "nowhere")])
    assert off.exit_code == 1
    assert len(endpoint.asked) == 1
