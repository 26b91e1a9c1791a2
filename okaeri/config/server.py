"""``okaeri serve``: one command that answers HTTP for one shop; gunicorn minds the workers."""

from __future__ import annotations

import gc
import hashlib
import os
from collections.abc import Callable
from contextlib import nullcontext
from importlib import import_module
from pathlib import Path
from typing import Any

from gunicorn.app.base import BaseApplication

from okaeri.config.worker import beside_this
from okaeri.loop.workspace import open_workspace

THREADS = 4


class Server(BaseApplication):
    """gunicorn for one shop, told in code what others write in files."""

    def __init__(self, directory: Path, address: str, workers: int):
        self.directory, self.address, self.workers = directory, address, workers
        super().__init__()

    def load_config(self) -> None:
        told = {
            "bind": self.address, "workers": self.workers, "threads": THREADS, "worker_class": "gthread",
            "preload_app": True, "proc_name": "okaeri", "accesslog": None, "errorlog": "-", "loglevel": "warning",
            "timeout": 60, "graceful_timeout": 20, "limit_request_line": 8190, "keepalive": 15, "control_socket_disable": True,
            "post_fork": lambda _server, _worker: _keep_warm(),
        }  # fmt: skip
        for name, value in told.items():
            if name in self.cfg.settings:
                self.cfg.set(name, value)

    def load(self) -> Callable[..., Any]:
        return application(self.directory)


def application(directory: Path) -> Callable[..., Any]:
    """The WSGI application for the shop in ``directory``; raises RuleRefused where there is none.

    Connections are closed again, as none may be shared by the processes forked from this one.
    """
    secret = directory / "secret.key"
    if secret.exists():
        keyed = b"okaeri.config " + secret.read_bytes().strip()
        os.environ["OKAERI_SECRET_KEY"] = hashlib.sha256(keyed).hexdigest()
    workspace = open_workspace(directory)
    from django.conf import settings
    from django.core.handlers.wsgi import WSGIHandler
    from django.db import connections
    from django.urls import get_resolver

    from okaeri.web import serving

    settings.SECRET_KEY = os.environ["OKAERI_SECRET_KEY"]
    address = workspace.settings.web.address.rstrip("/")
    settings.SESSION_COOKIE_SECURE = settings.CSRF_COOKIE_SECURE = address.startswith("https://")
    settings.CSRF_TRUSTED_ORIGINS = [address]
    serving.serve(workspace)
    # Every page is loaded here, once, and what pyarrow loads at its first table: a process forked from this one answers
    # at once, also in place of one that died.
    list(get_resolver().url_patterns)
    import_module("pyarrow.dataset")
    gc.freeze()  # what is loaded stays: no later collection needs to walk through it
    connections.close_all()
    return WSGIHandler()


def _keep_warm() -> None:
    from okaeri.web.console.warming import keep_warm

    keep_warm()


def run(directory: Path, *, host: str, port: int, workers: int, worker: bool = True) -> None:
    """Serve the shop until told to stop; with ``worker`` its jobs are done beside."""
    server = Server(directory, f"{host}:{port}", workers)
    with beside_this(directory) if worker else nullcontext():
        server.run()
