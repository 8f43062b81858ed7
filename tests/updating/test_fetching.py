"""One file from a server that fails in every way: what is tried again, what is final, what is never taken."""

from __future__ import annotations

import gzip
import ssl
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest

from compliance.updating.client import new_client
from compliance.updating.errors import FetchFailed
from compliance.updating.fetching import Environment, Fetched, Fetcher, Limits, Request
from compliance.updating.partial import Validators
from tests.updating.server import File, Handler, Publisher, cut, dropped, silent, status, to

NOW = datetime(2023, 12, 1, 12, tzinfo=UTC)
DATA = bytes(range(256)) * 400
PATH = "/list.csv"


class Getting:
    """A fetcher whose sleeps are noted and not slept, and whose clock stands."""

    def __init__(self, publisher: Publisher, folder: Path, client: httpx.Client) -> None:
        self.publisher = publisher
        self.folder = folder
        self.client = client
        self.slept: list[float] = []
        self.time = 0.0
        self.limits = Limits(first_wait=2.0)

    def __call__(self, path: str = PATH, known: Validators | None = None) -> Fetched:
        world = Environment(self.slept.append, lambda: self.time, lambda: NOW)
        request = Request(self.publisher.url + path, self.folder / "list.csv", known or Validators())
        return Fetcher(self.client, self.limits, world).fetch(request)

    def content(self) -> bytes:
        found = self()
        assert found.path is not None
        return found.path.read_bytes()


@pytest.fixture
def get(publisher: Publisher, tmp_path: Path) -> Iterator[Getting]:
    publisher.files[PATH] = File(DATA)
    with new_client() as client:
        client.timeout = httpx.Timeout(0.3)
        yield Getting(publisher, tmp_path, client)


def test_a_file_comes_whole_with_its_validators(get: Getting) -> None:
    found = get()
    assert found.path is not None
    assert found.path.read_bytes() == DATA
    assert found.validators == Validators(File(DATA).etag, "Tue, 31 Oct 2023 15:00:00 GMT")
    assert not list(get.folder.glob("*.part*"))


def test_what_has_not_changed_is_not_sent_again(get: Getting) -> None:
    known = get().validators
    assert get(known=known) == Fetched(None, known)
    assert get.publisher.statuses(PATH) == [200, 304]


def test_a_changed_etag_brings_the_new_file(get: Getting) -> None:
    known = get().validators
    get.publisher.files[PATH] = File(b"new")
    found = get(known=known)
    assert found.path is not None
    assert found.path.read_bytes() == b"new"


def test_errors_of_the_server_are_tried_again_after_longer_and_longer_waits(get: Getting) -> None:
    get.publisher.fail(PATH, status(500), status(503), dropped)
    assert get.content() == DATA
    assert get.slept == [2.0, 4.0, 8.0]


def test_a_server_that_stays_broken_is_given_up_in_one_line(get: Getting) -> None:
    get.publisher.fail(PATH, *[status(502)] * 9)
    with pytest.raises(FetchFailed, match=r"list.csv: the server answered 502 Bad Gateway \(4 attempts\)"):
        get()
    assert get.slept == [2.0, 4.0, 8.0]


@pytest.mark.parametrize(("said", "slept"), [("7", 7.0), ("Fri, 01 Dec 2023 12:00:30 GMT", 30.0), ("soon", 2.0)])
def test_a_server_that_asks_to_wait_is_heeded(get: Getting, said: str, slept: float) -> None:
    get.publisher.fail(PATH, status(429, Retry_After=said))
    assert get.content() == DATA
    assert get.slept == [slept]


def test_a_server_that_asks_to_wait_too_long_is_left_until_later(get: Getting) -> None:
    get.publisher.fail(PATH, status(503, Retry_After="3600"))
    with pytest.raises(FetchFailed, match="asks to wait 3,600 seconds; try again later"):
        get()
    assert get.slept == []


@pytest.mark.parametrize("code", [401, 403, 404, 406, 410])
def test_what_the_server_refuses_is_not_tried_again(get: Getting, code: int) -> None:
    get.publisher.fail(PATH, *[status(code)] * 9)
    with pytest.raises(FetchFailed, match=f"the server answered {code}"):
        get()
    assert len(get.publisher.seen) == 1


def test_a_server_that_says_nothing_is_not_waited_for(get: Getting) -> None:
    get.publisher.fail(PATH, silent)
    assert get.content() == DATA
    assert get.slept == [2.0]


def test_a_body_that_was_cut_is_gone_on_with(get: Getting) -> None:
    get.publisher.fail(PATH, cut(60_000))
    assert get.content() == DATA
    assert get.publisher.statuses(PATH) == [200, 206]
    assert get.publisher.seen[1].headers["range"] == "bytes=60000-"
    assert get.publisher.seen[1].headers["if-range"] == File(DATA).etag


def test_a_cut_body_of_a_server_without_ranges_is_fetched_anew(get: Getting) -> None:
    get.publisher.files[PATH] = File(DATA, ranges=False)
    get.publisher.fail(PATH, cut(60_000))
    assert get.content() == DATA
    assert get.publisher.statuses(PATH) == [200, 200]


def test_a_cut_body_without_validators_is_fetched_anew(get: Getting) -> None:
    get.publisher.files[PATH] = File(DATA, validators=False)
    get.publisher.fail(PATH, cut(60_000))
    assert get.content() == DATA
    assert "range" not in get.publisher.seen[1].headers


def test_a_file_that_changed_after_the_cut_is_not_glued_together(get: Getting) -> None:
    """The rest of the new file must never follow the beginning of the old one."""
    other = bytes(reversed(DATA))

    def cut_and_replaced(handler: Handler) -> None:
        cut(60_000)(handler)
        handler.server.files[PATH] = File(other)

    get.publisher.fail(PATH, cut_and_replaced)
    assert get.content() == other


def test_a_rest_that_does_not_fit_is_not_taken(get: Getting) -> None:
    """A server that sends another file's rest as 206 is asked again from the beginning."""
    get.publisher.fail(
        PATH,
        cut(60_000),
        lambda handler: handler.reply(206, b"x" * 10, {"ETag": '"other"', "Content-Range": "bytes 60000-60009/60010"}),
    )
    assert get.content() == DATA
    assert get.publisher.statuses(PATH) == [200, 206, 200]


def test_a_download_that_was_given_up_is_gone_on_with_next_time(get: Getting) -> None:
    get.publisher.fail(PATH, cut(60_000), *[status(500)] * 3)
    with pytest.raises(FetchFailed):
        get()
    assert get.content() == DATA
    assert get.publisher.seen[-1].status == 206


def test_a_body_shorter_than_announced_is_never_taken(get: Getting) -> None:
    get.publisher.files[PATH] = File(DATA, ranges=False)
    get.publisher.fail(PATH, *[cut(100)] * 9)
    with pytest.raises(FetchFailed, match="the body was cut"):
        get()
    assert not (get.folder / "list.csv").exists()


def test_redirects_are_followed(get: Getting) -> None:
    get.publisher.fail("/old.csv", to("/middle.csv"))
    get.publisher.fail("/middle.csv", to(PATH))
    found = get("/old.csv")
    assert found.path is not None
    assert found.path.read_bytes() == DATA


def test_a_redirect_loop_ends(get: Getting) -> None:
    get.publisher.fail(PATH, *[to(PATH)] * 30)
    with pytest.raises(FetchFailed, match="redirected more than 5 times"):
        get()
    assert len(get.publisher.seen) == 6


def test_a_file_larger_than_the_limit_is_not_taken(get: Getting) -> None:
    get.limits = Limits(size=1000)
    with pytest.raises(FetchFailed, match="more than 1,000 bytes"):
        get()
    assert not (get.folder / "list.csv").exists()


def test_a_small_file_that_unfolds_into_a_large_one_is_not_taken(get: Getting) -> None:
    get.limits = Limits(size=100_000)
    bomb = gzip.compress(b"0" * 5_000_000)
    get.publisher.fail(PATH, lambda handler: handler.reply(200, bomb, {"Content-Encoding": "gzip"}))
    with pytest.raises(FetchFailed, match="more than 100,000 bytes"):
        get()


def test_a_compressed_body_is_unfolded_and_its_length_is_checked(get: Getting) -> None:
    get.publisher.fail(PATH, lambda handler: handler.reply(200, gzip.compress(DATA), {"Content-Encoding": "gzip"}))
    assert get.content() == DATA


def test_a_file_that_takes_too_long_is_left_until_next_time(get: Getting) -> None:
    times = iter([0.0, 1.0, *[99999.0] * 99])
    world = Environment(get.slept.append, lambda: next(times), lambda: NOW)
    request = Request(get.publisher.url + PATH, get.folder / "list.csv")
    with pytest.raises(FetchFailed, match="the next update goes on with it"):
        Fetcher(get.client, get.limits, world).fetch(request)


def test_a_place_where_nobody_listens_is_told_in_one_line(get: Getting, publisher: Publisher) -> None:
    request = Request("http://127.0.0.1:9/none.csv", get.folder / "none.csv")
    world = Environment(get.slept.append, lambda: 0.0, lambda: NOW)
    with pytest.raises(FetchFailed, match=r"none.csv: no connection: .*\(4 attempts\)"):
        Fetcher(get.client, get.limits, world).fetch(request)


def test_the_proxy_of_the_environment_is_used(get: Getting, monkeypatch: pytest.MonkeyPatch) -> None:
    """A request to a host that does not exist reaches the proxy, which sees the whole address."""
    monkeypatch.setenv("HTTP_PROXY", get.publisher.url)
    monkeypatch.setenv("NO_PROXY", "")
    get.publisher.files["http://lists.invalid/list.csv"] = File(b"by proxy")
    with new_client() as client:
        world = Environment(get.slept.append, lambda: 0.0, lambda: NOW)
        request = Request("http://lists.invalid/list.csv", get.folder / "list.csv")
        found = Fetcher(client, get.limits, world).fetch(request)
    assert found.path is not None
    assert found.path.read_bytes() == b"by proxy"


def test_a_redirect_from_https_to_http_is_not_followed(tmp_path: Path) -> None:
    moved = httpx.MockTransport(lambda request: httpx.Response(302, headers={"Location": "http://lists.invalid/x"}))
    with httpx.Client(transport=moved) as client, pytest.raises(FetchFailed, match="from https to http, not followed"):
        Fetcher(client, Limits(), Environment(lambda _: None, lambda: 0.0, lambda: NOW)).fetch(
            Request("https://lists.invalid/x", tmp_path / "x")
        )


def test_a_certificate_that_is_not_trusted_is_final_and_names_the_remedy(tmp_path: Path) -> None:
    asked = []

    def refuse(request: httpx.Request) -> httpx.Response:
        asked.append(request)
        raise httpx.ConnectError("TLS") from ssl.SSLCertVerificationError(1, "self-signed certificate")

    with (
        httpx.Client(transport=httpx.MockTransport(refuse)) as client,
        pytest.raises(FetchFailed, match=r"certificate is not trusted .* SSL_CERT_FILE"),
    ):
        Fetcher(client, Limits(), Environment(lambda _: None, lambda: 0.0, lambda: NOW)).fetch(
            Request("https://lists.invalid/x", tmp_path / "x")
        )
    assert len(asked) == 1
