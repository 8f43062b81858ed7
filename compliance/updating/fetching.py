"""One file from one address: with patience, within bounds, and never more than is new.

Sent are conditional requests and, for a download that broke off, requests for the rest. Tried again are failures that
may pass (no connection, time-outs, 408, 425, 429, 5xx, a body that was cut), each time after a longer wait, or after
what the server asks for. Everything else is final at once. Clock, sleeper and the present time are passed in.
"""

from __future__ import annotations

import ssl
from collections.abc import Callable
from contextlib import closing, suppress
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import BinaryIO, NamedTuple

import httpx

from compliance.updating.errors import FetchFailed
from compliance.updating.partial import Partial, Validators

_PASSING = frozenset({408, 425, 429, 500, 502, 503, 504})
_MOST_REDIRECTS = 5


class Limits(NamedTuple):
    """The bounds of a fetch: sizes in bytes, times in seconds.

    The largest official file has some 130 MB; the slowest acceptable line is one that needs `seconds` for it.
    """

    size: int = 512 * 2**20
    seconds: float = 1800.0
    attempts: int = 4
    first_wait: float = 2.0
    longest_wait: float = 120.0


class Request(NamedTuple):
    """What to fetch and where to put it. `known` are the validators of the copy that is at hand."""

    url: str
    target: Path
    known: Validators = Validators()
    accept_encoding: str = "identity"


class Fetched(NamedTuple):
    """What came of it: a file at `path`, or None when the copy at hand is still the file."""

    path: Path | None
    validators: Validators


class Environment(NamedTuple):
    """The world outside: `sleep` in seconds, `clock` monotonic in seconds, `now` in UTC, `stopped` ends a download."""

    sleep: Callable[[float], None]
    clock: Callable[[], float]
    now: Callable[[], datetime]
    stopped: Callable[[], bool] = lambda: False


OnBytes = Callable[[int, int | None], None]


class _Again(Exception):
    """A failure that may pass; `wait` is what the server asked for, in seconds."""

    def __init__(self, what: str, wait: float | None = None) -> None:
        super().__init__(what)
        self.wait = wait


class Fetcher:
    """Fetches files with one HTTP client; may be used from several threads."""

    def __init__(self, client: httpx.Client, limits: Limits, world: Environment) -> None:
        self.client = client
        self.limits = limits
        self.world = world

    def fetch(self, request: Request, on_bytes: OnBytes | None = None) -> Fetched:
        """The file, or the word that it is the one at hand. Raises FetchFailed, one plain line."""
        wait = self.limits.first_wait
        for attempt in range(1, self.limits.attempts + 1):
            try:
                return self._once(request, on_bytes)
            except _Again as error:
                asked = error.wait if error.wait is not None else wait
                if attempt == self.limits.attempts or asked > self.limits.longest_wait:
                    raise FetchFailed(self._given_up(request, error, attempt)) from error
                self.world.sleep(asked)
                wait *= 2
            except OSError as error:
                raise FetchFailed(f"{request.target} cannot be written: {error.strerror or error}") from error
        raise AssertionError("unreachable: the last attempt returns or raises")

    def changed(self, request: Request) -> bool:
        """Whether the server has another file by now than the one with the known validators; reads no body."""
        try:
            response = self._open(request, {**request.known.asking})
        except _Again as error:
            raise FetchFailed(f"{request.url}: {error}") from error
        with closing(response):
            if response.status_code == 304:
                return False
            now = _validators(response)
            same = now.etag == request.known.etag if now.etag else now.last_modified == request.known.last_modified
            return response.status_code == 200 and not same

    def _once(self, request: Request, on_bytes: OnBytes | None) -> Fetched:
        part = Partial(request.target, request.url)
        have, stored = part.resumable()
        rest = {"Range": f"bytes={have}-", "If-Range": stored.resuming or ""}
        headers = rest if have else request.known.asking
        response = self._open(request, headers)
        with closing(response):
            status = response.status_code
            if status == 304 and not have and request.known.asking:
                return Fetched(None, request.known)
            if status == 206 and have and _continues(response, have, stored):
                self._receive(response, part.go_on(), have, on_bytes)
                return Fetched(part.finish(), stored)
            if status == 200:
                found = _validators(response)
                file = part.begin(Validators() if _encoded(response) else found)
                self._receive(response, file, 0, on_bytes)
                return Fetched(part.finish(), found)
            if status in (206, 304, 416):
                part.drop()  # what is there does not fit what the server has: begin anew, at once
                raise _Again(f"the server answered {status} to a request that does not call for it", 0.0)
            raise self._refused(response)

    def _open(self, request: Request, headers: dict[str, str]) -> httpx.Response:
        """The answer after redirects, its body unread. Raises _Again or FetchFailed."""
        sent = {"Accept-Encoding": request.accept_encoding, **headers}
        try:
            asking = self.client.build_request("GET", request.url, headers=sent)
            for _ in range(_MOST_REDIRECTS + 1):
                response = self.client.send(asking, stream=True, follow_redirects=False)
                if response.next_request is None:
                    return response
                response.close()
                if asking.url.scheme == "https" and response.next_request.url.scheme != "https":
                    raise FetchFailed(
                        f"{request.url}: redirected from https to {response.next_request.url.scheme}, not followed"
                    )
                asking = response.next_request
        except (httpx.UnsupportedProtocol, httpx.InvalidURL, httpx.LocalProtocolError) as error:
            raise FetchFailed(f"{request.url}: {error or 'not an address that can be fetched'}") from error
        except httpx.HTTPError as error:
            raise self._broken(request, error) from error
        raise FetchFailed(f"{request.url}: redirected more than {_MOST_REDIRECTS} times, given up")

    def _receive(self, response: httpx.Response, file: BinaryIO, have: int, on_bytes: OnBytes | None) -> None:
        total = _length(response, have)
        end = self.world.clock() + self.limits.seconds
        size = have
        try:
            with file:
                self._within(response, total or 0, end)
                for chunk in response.iter_bytes():
                    size += len(chunk)
                    self._within(response, size, end)
                    file.write(chunk)
                    if on_bytes:
                        on_bytes(size, total)
        except httpx.HTTPError as error:
            raise _Again(f"the body was cut after {size:,} bytes ({_words(error)})") from error
        got = have + response.num_bytes_downloaded
        if total is not None and got != total:
            raise _Again(f"the body was cut: {got:,} of {total:,} bytes came")

    def _within(self, response: httpx.Response, size: int, end: float) -> None:
        if size > self.limits.size:
            raise FetchFailed(
                f"{response.url}: more than {self.limits.size:,} bytes came; no official list has so many"
            )
        if self.world.clock() > end:
            raise FetchFailed(
                f"{response.url}: not whole after {self.limits.seconds:,.0f} seconds; the next update goes on with it"
            )
        if self.world.stopped():
            raise FetchFailed(f"{response.url}: stopped; the next update goes on with it")

    def _refused(self, response: httpx.Response) -> Exception:
        text = f"the server answered {response.status_code} {response.reason_phrase}".rstrip()
        if response.status_code in _PASSING:
            return _Again(text, _retry_after(response, self.world.now()))
        return FetchFailed(f"{response.url}: {text}")

    def _broken(self, request: Request, error: httpx.HTTPError) -> Exception:
        cause: BaseException | None = error
        while cause is not None:
            if isinstance(cause, ssl.SSLCertVerificationError):
                return FetchFailed(
                    f"{request.url}: the server's certificate is not trusted "
                    f"({getattr(cause, 'verify_message', cause)}); name your own authorities with SSL_CERT_FILE"
                )
            cause = cause.__cause__ or cause.__context__
        return _Again(_words(error))

    def _given_up(self, request: Request, error: _Again, attempts: int) -> str:
        if error.wait is not None and error.wait > self.limits.longest_wait:
            return f"{request.url}: {error}, and asks to wait {error.wait:,.0f} seconds; try again later"
        return f"{request.url}: {error} ({attempts} attempts)"


def _validators(response: httpx.Response) -> Validators:
    return Validators(response.headers.get("ETag"), response.headers.get("Last-Modified"))


def _encoded(response: httpx.Response) -> bool:
    """Whether the bytes that are kept are not the ones that were sent: the rest cannot be asked for by number."""
    return str(response.headers.get("Content-Encoding", "identity")).lower() != "identity"


def _continues(response: httpx.Response, have: int, stored: Validators) -> bool:
    """Whether the rest that came is the rest of the file that is there."""
    if not response.headers.get("Content-Range", "").startswith(f"bytes {have}-"):
        return False
    now = _validators(response)
    return (not now.etag or now.etag == stored.etag) and (
        not now.last_modified or now.last_modified == stored.last_modified
    )


def _length(response: httpx.Response, have: int) -> int | None:
    text = response.headers.get("Content-Length", "")
    return have + int(text) if text.isdecimal() and len(text) < 16 else None


def _retry_after(response: httpx.Response, now: datetime) -> float | None:
    text = response.headers.get("Retry-After", "")
    if text.isdecimal() and len(text) < 9:
        return float(text)
    with suppress(ValueError, TypeError):
        when = parsedate_to_datetime(text)
        return max(0.0, (when.replace(tzinfo=when.tzinfo or UTC) - now).total_seconds())
    return None


def _words(error: httpx.HTTPError) -> str:
    if isinstance(error, httpx.TimeoutException):
        return "the server did not answer in time"
    if isinstance(error, httpx.ConnectError):
        return f"no connection: {error}"
    return str(error) or type(error).__name__
