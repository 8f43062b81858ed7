"""Alerts reach their addressee at least once, whatever servers do, and what comes twice has the same key."""

from __future__ import annotations

import base64
import hmac
import json
import socket
import threading
from collections import deque
from collections.abc import Callable, Iterator
from email import message_from_bytes
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
import trustme
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, LoginPassword

from compliance import Compliance
from compliance.monitoring.notifying.outbox import Delivery, addressee_of, deliver
from compliance.monitoring.notifying.parcel import World
from tests.compliance.conftest import NOW, Run

SECRET = "whsec_" + base64.b64encode(b"a key of the two of us").decode()


class Receiver(ThreadingHTTPServer):
    """Takes posts; answers first as was lined up: a status, `drop` (no answer) or `late` (taken, but no answer)."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Post)
        self.lined_up: deque[int | str] = deque()
        self.posts: list[tuple[dict[str, str], bytes]] = []
        self.taken: list[str] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/hook?token=secret"


class Post(BaseHTTPRequestHandler):
    server: Receiver

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        headers = {name.lower(): value for name, value in self.headers.items()}
        self.server.posts.append((headers, body))
        answer = self.server.lined_up.popleft() if self.server.lined_up else 204
        if answer in ("late", 204):
            self.server.taken.append(headers["idempotency-key"])
        if isinstance(answer, str):
            self.connection.shutdown(socket.SHUT_RDWR)
            self.close_connection = True
            return
        self.send_response(answer)
        if answer == 503:
            self.send_header("Retry-After", "20")
        self.end_headers()

    def log_message(self, format: str, *args: Any) -> None:
        pass


@pytest.fixture
def receiver(monkeypatch: pytest.MonkeyPatch) -> Iterator[Receiver]:
    monkeypatch.setenv("COMPLIANCE_WEBHOOK_SECRET", SECRET)
    monkeypatch.setenv("NO_PROXY", "*")
    with Receiver() as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield server
        server.shutdown()
        thread.join()


class Mailboxes:
    """Keeps the mails; refuses recipients as was lined up."""

    def __init__(self) -> None:
        self.mails: list[bytes] = []
        self.lined_up: deque[str] = deque()

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:
        if self.lined_up:
            return self.lined_up.popleft()
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        assert session.ssl is not None
        self.mails.append(envelope.content)
        return "250 OK"


def only_ann(server: Any, session: Any, envelope: Any, mechanism: str, given: Any) -> AuthResult:
    assert isinstance(given, LoginPassword)
    return AuthResult(success=(given.login, given.password) == (b"ann", b"p@ss"))


@pytest.fixture
def mailboxes(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Mailboxes]:
    authority = trustme.CA()
    authority.cert_pem.write_to_path(tmp_path / "ca.pem")
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    context = server_context(authority)
    found = Mailboxes()
    server = Controller(
        found, hostname="127.0.0.1", port=port, tls_context=context, require_starttls=True, authenticator=only_ann,
        auth_required=True,
    )  # fmt: skip
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "ca.pem"))
    monkeypatch.setenv("COMPLIANCE_SMTP", f"smtp://ann:p%40ss@127.0.0.1:{port}")
    monkeypatch.setenv("COMPLIANCE_MAIL_FROM", "watch@example.org")
    server.start()
    yield found
    server.stop()


def server_context(authority: trustme.CA) -> Any:
    import ssl

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    return context


@pytest.fixture
def watched(run: Run, sdn: Callable[..., Path]) -> None:
    assert run("import", sdn("2026-11-20", {"1": "ALMAZ ANTEY CONCERN"})).status == 0
    Path("parties.csv").write_text("id,name\nA,Almaz Antey\nB,Blue Heron Bakery\n", "utf-8")
    assert run("portfolio", "add", "main", "parties.csv", "--list", "us-ofac-sdn").status == 0


def list_also(run: Run, sdn: Callable[..., Path], day: str, name: str) -> None:
    assert run("import", sdn(day, {"1": "ALMAZ ANTEY CONCERN", "2": name})).status == 0


def look_and_send(where: str, waited: list[float] | None = None) -> list[Delivery]:
    """As `alerts --notify` does, without waiting."""
    from compliance.monitoring.looking import look, record

    with Compliance.open(clock=lambda: NOW) as compliance:
        addressee = addressee_of(where, compliance.settings)
        record(compliance, look(compliance, "main"), [addressee.label])
        sleep = (waited if waited is not None else []).append
        return deliver(compliance, "main", [addressee], World(lambda: NOW, sleep))


def test_a_webhook_gets_the_alerts_signed_and_once(run: Run, watched: None, receiver: Receiver) -> None:
    assert run("alerts", "--notify", receiver.url).status == 1
    assert run("alerts", "--notify", receiver.url).status == 0
    ((headers, body),) = receiver.posts
    key, timestamp = headers["webhook-id"], headers["webhook-timestamp"]
    expected = hmac.digest(b"a key of the two of us", f"{key}.{timestamp}.".encode() + body, "sha256")
    assert headers["webhook-signature"] == f"v1,{base64.b64encode(expected).decode()}"
    assert (headers["idempotency-key"], timestamp) == (key, str(int(NOW.timestamp())))
    (alert,) = json.loads(body)["alerts"]
    assert (alert["schema"], alert["kind"], alert["counterparty"]) == ("entity-compliance/alert/1", "new", "A")


def test_a_failing_webhook_is_tried_again_with_longer_waits_and_the_same_key(watched: None, receiver: Receiver) -> None:
    receiver.lined_up.extend([500, "drop", 429, "late"])
    waited: list[float] = []
    assert look_and_send(receiver.url, waited) == [Delivery(addressee_label(receiver), 1, 0, None)]
    assert waited == [1.0, 2.0, 4.0, 8.0]
    assert len(receiver.posts) == 5
    assert len(set(receiver.taken)) == 1
    assert len(receiver.taken) == 2


def test_a_webhook_that_asks_for_time_is_given_it(watched: None, receiver: Receiver) -> None:
    receiver.lined_up.append(503)
    waited: list[float] = []
    look_and_send(receiver.url, waited)
    assert waited == [20.0]


def test_what_was_not_taken_is_kept_and_sent_with_the_next_look(
    run: Run, watched: None, receiver: Receiver, sdn: Callable[..., Path]
) -> None:
    receiver.lined_up.extend([500] * 5)
    (failed,) = look_and_send(receiver.url)
    assert (failed.sent, failed.owed, failed.problem) == (0, 1, "it answered 500 Internal Server Error")
    keys = {headers["idempotency-key"] for headers, _ in receiver.posts}
    list_also(run, sdn, "2026-11-21", "BLUE HERON BAKERY LLC")
    assert look_and_send(receiver.url) == [Delivery(addressee_label(receiver), 2, 0, None)]
    assert [json.loads(body)["alerts"][0]["counterparty"] for _, body in receiver.posts[5:]] == ["A", "B"]
    assert receiver.posts[5][0]["idempotency-key"] in keys
    assert len(keys) == 1


def test_a_refusal_is_not_tried_again_at_once_and_ends_with_alerts(run: Run, watched: None, receiver: Receiver) -> None:
    receiver.lined_up.extend([400, 400])
    for _ in range(2):
        ran = run("alerts", "--notify", receiver.url)
        assert (ran.status, "has not got 1 alert: it answered 400" in ran.err) == (1, True)
        assert "token" not in ran.err
    assert len(receiver.posts) == 2
    ran = run("alerts")
    assert (ran.status, "1 alert not yet sent to webhook:127.0.0.1/" in ran.err) == (0, True)
    assert run("alerts", "--notify", receiver.url).err == ""


def test_a_crash_between_taking_and_recording_sends_again_under_the_same_key(
    watched: None, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr("compliance.monitoring.notifying.outbox.event", killed)
        with pytest.raises(KeyboardInterrupt):
            look_and_send(receiver.url)
    look_and_send(receiver.url)
    assert len(receiver.taken) == 2
    assert len(set(receiver.taken)) == 1


def killed(*_: object) -> None:
    raise KeyboardInterrupt


def test_many_alerts_go_in_several_posts_which_stay_the_same(
    run: Run, watched: None, receiver: Receiver, sdn: Callable[..., Path]
) -> None:
    rows = "".join(f"{number},Almaz Antey\n" for number in range(450))
    Path("parties.csv").write_text(f"id,name\n{rows}", "utf-8")
    assert run("portfolio", "add", "main", "parties.csv").status == 0
    receiver.lined_up.extend([204, 400])
    look_and_send(receiver.url)
    assert look_and_send(receiver.url)[0].sent == 451
    keys = [headers["idempotency-key"] for headers, _ in receiver.posts]
    assert [len(json.loads(body)["alerts"]) for _, body in receiver.posts] == [200, 200, 200, 200, 51]
    assert keys[:2] == keys[2:4]
    assert len(set(keys)) == 3


def test_a_webhook_without_a_secret_or_with_a_spoilt_one_is_refused(
    run: Run, watched: None, monkeypatch: pytest.MonkeyPatch, size: Callable[[], int]
) -> None:
    before = size()
    assert "COMPLIANCE_WEBHOOK_SECRET" in run("alerts", "--notify", "https://example.org/x").err
    monkeypatch.setenv("COMPLIANCE_WEBHOOK_SECRET", "whsec_???")
    assert "not Base64" in run("alerts", "--notify", "https://example.org/x").err
    assert size() == before


def test_a_mail_goes_out_under_tls_with_the_alerts_attached(run: Run, watched: None, mailboxes: Mailboxes) -> None:
    assert run("alerts", "--notify", "mailto:desk@example.org").status == 1
    (mail,) = map(message_from_bytes, mailboxes.mails)
    assert (mail["Subject"], mail["To"]) == ("1 alert: main, 2026-11-24", "desk@example.org")
    text, attached = mail.get_payload()
    assert "A  Almaz Antey" in text.get_payload(decode=True).decode()
    assert json.loads(attached.get_payload(decode=True))["counterparty"] == "A"
    assert run("alerts", "--notify", "mailto:desk@example.org").status == 0
    assert len(mailboxes.mails) == 1


def test_a_mail_that_is_put_off_is_tried_again_and_has_the_same_id(watched: None, mailboxes: Mailboxes) -> None:
    mailboxes.lined_up.extend(["451 later", "451 later", "550 no such user"])
    waited: list[float] = []
    (refused,) = look_and_send("mailto:desk@example.org", waited)
    assert (waited, refused.problem) == ([1.0, 2.0], "550 no such user")
    assert look_and_send("mailto:desk@example.org")[0].sent == 1
    assert message_from_bytes(mailboxes.mails[0])["Message-ID"].endswith("@entity-compliance.invalid>")


def test_a_server_without_tls_gets_nothing(watched: None, monkeypatch: pytest.MonkeyPatch) -> None:
    plain = Controller(Mailboxes(), hostname="127.0.0.1", port=free_port())
    plain.start()
    monkeypatch.setenv("COMPLIANCE_SMTP", f"smtp://127.0.0.1:{plain.port}")
    monkeypatch.setenv("COMPLIANCE_MAIL_FROM", "watch@example.org")
    try:
        (refused,) = look_and_send("mailto:desk@example.org")
    finally:
        plain.stop()
    assert refused.problem is not None
    assert "nothing is sent in the clear" in refused.problem


def test_a_server_that_is_not_there_is_tried_and_told(watched: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COMPLIANCE_SMTP", f"smtp://127.0.0.1:{free_port()}")
    monkeypatch.setenv("COMPLIANCE_MAIL_FROM", "watch@example.org")
    waited: list[float] = []
    (failed,) = look_and_send("mailto:desk@example.org", waited)
    assert (len(waited), failed.owed) == (4, 1)


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as free:
        return int(free.getsockname()[1])


@pytest.mark.parametrize(
    ("setting", "where", "says"),
    [
        ({}, "mailto:desk@example.org", "needs a sender"),
        ({"MAIL_FROM": "a@example.org"}, "mailto:desk@example.org", "needs a server"),
        ({"MAIL_FROM": "a@example.org", "SMTP": "http://x"}, "mailto:desk@example.org", "smtps"),
        ({"MAIL_FROM": "a@example.org", "SMTP": "smtp+plain://u:p@x"}, "mailto:d@example.org", "in the clear"),
        ({"MAIL_FROM": "a@example.org", "SMTP": "smtp://x"}, "mailto:nobody", "no mail address"),
        ({}, "ftp://example.org", "cannot be sent to ftp://"),
    ],
)
def test_an_addressee_that_cannot_be_is_refused_before_anything_is_recorded(
    run: Run, watched: None, monkeypatch: pytest.MonkeyPatch, size: Callable[[], int], setting: dict[str, str],
    where: str, says: str,
) -> None:  # fmt: skip
    for name, value in setting.items():
        monkeypatch.setenv(f"COMPLIANCE_{name}", value)
    before = size()
    ran = run("alerts", "--notify", where)
    assert (ran.status, says in ran.err, ran.err.count("\n"), size()) == (2, True, 1, before)


def test_a_file_gets_a_line_for_each_alert_and_a_line_that_was_cut_does_no_harm(
    run: Run, watched: None, sdn: Callable[..., Path]
) -> None:
    assert run("alerts", "--notify", "alerts.jsonl").status == 1
    with open("alerts.jsonl", "a", encoding="utf-8") as file:
        file.write('{"cut')
    list_also(run, sdn, "2026-11-21", "BLUE HERON BAKERY LLC")
    assert run("alerts", "--notify", "alerts.jsonl").status == 1
    first, cut, last = Path("alerts.jsonl").read_text("utf-8").splitlines()
    assert (json.loads(first)["counterparty"], cut, json.loads(last)["counterparty"]) == ("A", '{"cut', "B")


def test_a_file_that_cannot_be_written_leaves_the_alerts_owed(run: Run, watched: None) -> None:
    ran = run("alerts", "--notify", "missing/alerts.jsonl")
    assert (ran.status, "missing/alerts.jsonl: No such file" in ran.err) == (1, True)
    Path("missing").mkdir()
    assert run("alerts", "--notify", "missing/alerts.jsonl").err == ""
    assert len(Path("missing/alerts.jsonl").read_text("utf-8").splitlines()) == 1


def test_standard_output_gets_lines_of_json_and_nothing_else(run: Run, watched: None) -> None:
    ran = run("alerts", "--notify", "-")
    assert (ran.status, json.loads(ran.out)["kind"]) == (1, "new")
    assert run("alerts", "--notify", "-").out == ""


@pytest.mark.parametrize(
    ("words", "says"),
    [(["--notify", "-", "--json"], "choose one"), (["--notify", "x", "--dry-run"], "leaves the look undone")],
)
def test_options_that_exclude_each_other_are_told(run: Run, watched: None, words: list[str], says: str) -> None:
    ran = run("alerts", *words)
    assert (ran.status, says in ran.err) == (2, True)


def addressee_label(receiver: Receiver) -> str:
    from compliance.monitoring.notifying.webhook import Webhook

    return Webhook(receiver.url, SECRET).label
