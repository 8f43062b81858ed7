"""A small HTTP server on the loopback that answers as a publisher's does, and fails in every way that one can."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Answer = Callable[["Handler"], None]


@dataclass
class File:
    """A file as it is served: with or without validators, and with or without ranges."""

    data: bytes
    modified: datetime = datetime(2023, 10, 31, 15, tzinfo=UTC)
    validators: bool = True
    ranges: bool = True
    kind: str = "application/octet-stream"

    @property
    def etag(self) -> str:
        return f'"{sha256(self.data).hexdigest()[:12]}"'


@dataclass
class Seen:
    """One request as it came."""

    path: str
    headers: dict[str, str]
    status: int = 0


class Handler(BaseHTTPRequestHandler):
    """Answers from the publisher's files, after the failures that were lined up for the path."""

    protocol_version = "HTTP/1.1"
    server: Publisher  # type: ignore[assignment]

    def do_GET(self) -> None:
        self.seen = Seen(self.path, {name.lower(): value for name, value in self.headers.items()})
        with self.server.lock:
            self.server.seen.append(self.seen)
            self.server.active += 1
            self.server.most_active = max(self.server.most_active, self.server.active)
            failures = self.server.failures.get(self.path)
            answer = failures.popleft() if failures else None
        try:
            (answer or serve)(self)
        except (BrokenPipeError, ConnectionResetError):
            self.close_connection = True
        finally:
            with self.server.lock:
                self.server.active -= 1

    def reply(self, status: int, data: bytes = b"", headers: dict[str, str] | None = None, length: int = -1) -> None:
        self.seen.status = status
        self.send_response(status)
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        if status != 304:
            self.send_header("Content-Length", str(len(data) if length < 0 else length))
        self.end_headers()
        self.wfile.write(data)
        if 0 <= length != len(data):
            self.close_connection = True

    def log_message(self, *_: Any) -> None:
        """Nothing is printed."""


def serve(handler: Handler) -> None:
    """The file, whole, in part, or the word that it has not changed."""
    file = handler.server.files.get(handler.path)
    if file is None:
        handler.reply(404, b"not here")
        return
    marks = {"ETag": file.etag, "Last-Modified": format_datetime(file.modified, usegmt=True)} if file.validators else {}
    asked = handler.seen.headers
    if file.validators and asked.get("if-none-match") == file.etag:
        handler.reply(304, headers=marks)
    elif file.ranges and "range" in asked and asked.get("if-range") in marks.values():
        start = int(asked["range"].removeprefix("bytes=").removesuffix("-"))
        if start >= len(file.data):
            handler.reply(416)
            return
        place = f"bytes {start}-{len(file.data) - 1}/{len(file.data)}"
        handler.reply(206, file.data[start:], {**marks, "Content-Range": place})
    else:
        handler.reply(200, file.data, {**marks, "Content-Type": file.kind})


def status(code: int, **headers: str) -> Answer:
    """An answer without the file."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return lambda handler: handler.reply(code, b"sorry", named)


def cut(after: int) -> Answer:
    """The file's first bytes, and then the line is dropped."""

    def answer(handler: Handler) -> None:
        file = handler.server.files[handler.path]
        marks = {"ETag": file.etag, "Last-Modified": format_datetime(file.modified, usegmt=True)}
        handler.reply(200, file.data[:after], marks if file.validators else {}, length=len(file.data))

    return answer


def silent(handler: Handler) -> None:
    """No answer at all until the server is stopped."""
    handler.server.stopped.wait(30)
    handler.close_connection = True


def dropped(handler: Handler) -> None:
    """The line is dropped before a word."""
    handler.close_connection = True


def page(text: str) -> Answer:
    """A web page with status 200, as a site under maintenance gives it."""
    return lambda handler: handler.reply(200, text.encode(), {"Content-Type": "text/html"})


def to(place: str) -> Answer:
    """A redirect."""
    return lambda handler: handler.reply(302, headers={"Location": place})


class Publisher(ThreadingHTTPServer):
    """The server: `files` by path, `failures` to come first for a path, `seen` requests."""

    daemon_threads = True
    block_on_close = False

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.files: dict[str, File] = {}
        self.failures: dict[str, deque[Answer]] = {}
        self.seen: list[Seen] = []
        self.active = self.most_active = 0
        self.lock = threading.Lock()
        self.stopped = threading.Event()
        self._thread = threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        self._thread.start()

    def handle_error(self, *_: Any) -> None:
        """A client that went away is no error of the server."""

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"

    def fail(self, path: str, *answers: Answer) -> None:
        """Lines up failures for the next requests of a path."""
        self.failures[path] = deque(answers)

    def statuses(self, path: str) -> list[int]:
        """The statuses that a path was answered with, in order."""
        return [seen.status for seen in self.seen if seen.path == path]

    def stop(self) -> None:
        self.stopped.set()
        self.shutdown()
        self._thread.join()
        self.server_close()
