"""Alerts in a mail: a text for people, and the alerts in lines of JSON as an attachment."""

from __future__ import annotations

import smtplib
import ssl
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime
from typing import NamedTuple, Self
from urllib.parse import unquote, urlsplit

from compliance.errors import BadInput
from compliance.monitoring.notifying.parcel import NotDelivered, Parcel, Refused, World, trying

_TIMEOUT = 30.0  # seconds
_SHOWN = 100  # alerts in the text; all are in the attachment
_PORTS = {"smtp": 587, "smtps": 465, "smtp+plain": 25}


class Server(NamedTuple):
    """A mail server: `smtp` begins in the clear and must go on under TLS, `smtps` is TLS, `smtp+plain` never is."""

    scheme: str
    host: str
    port: int
    user: str | None
    password: str | None

    @classmethod
    def parse(cls, address: str | None) -> Self:
        """`smtp://user:password@host:587`. Raises BadInput, without showing the password."""
        if not address:
            raise BadInput("a mail needs a server: COMPLIANCE_SMTP, for example smtp://user:password@mail.example.org")
        try:
            parts = urlsplit(address)
            port = parts.port
        except ValueError:
            raise BadInput("COMPLIANCE_SMTP is no address: write smtp://user:password@host:port") from None
        if parts.scheme not in _PORTS or not parts.hostname:
            raise BadInput(
                f"COMPLIANCE_SMTP begins with {parts.scheme!r}: write one of {', '.join(_PORTS)}, then ://host"
            )
        if parts.username and parts.scheme == "smtp+plain":
            raise BadInput("COMPLIANCE_SMTP would send a password in the clear: use smtp:// or smtps://")
        user, password = (unquote(text) if text else None for text in (parts.username, parts.password))
        return cls(parts.scheme, parts.hostname, port or _PORTS[parts.scheme], user, password)


class Mailbox:
    """A mail address that takes alerts."""

    def __init__(self, address: str, smtp: str | None, sender: str | None) -> None:
        if not sender:
            raise BadInput("a mail needs a sender: COMPLIANCE_MAIL_FROM")
        for each in (address, sender):
            try:
                if not Address(addr_spec=each).domain:
                    raise ValueError
            except (ValueError, IndexError):
                raise BadInput(f"{each!r} is no mail address") from None
        self._address = address
        self._sender = sender
        self._server = Server.parse(smtp)

    @property
    def label(self) -> str:
        """The address itself."""
        return f"mailto:{self._address}"

    def send(self, parcel: Parcel, world: World) -> None:
        """Hands one mail to the server. Raises NotDelivered."""
        message = self._message(parcel, world)
        trying(lambda: self._hand_over(message), world)

    def _hand_over(self, message: EmailMessage) -> None:
        try:
            with self._connected() as server:
                if self._server.user:
                    server.login(self._server.user, self._server.password or "")
                server.send_message(message, self._sender, [self._address])
        except smtplib.SMTPResponseException as error:
            raise _answered(error.smtp_code, error.smtp_error) from error
        except smtplib.SMTPRecipientsRefused as error:
            raise _answered(*next(iter(error.recipients.values()))) from error
        except smtplib.SMTPNotSupportedError as error:
            raise Refused(f"the server offers no TLS ({error}): nothing is sent in the clear") from error
        except (OSError, smtplib.SMTPException) as error:
            raise NotDelivered(str(error) or type(error).__name__) from error

    def _connected(self) -> smtplib.SMTP:
        server, context = self._server, ssl.create_default_context()
        if server.scheme == "smtps":
            return smtplib.SMTP_SSL(server.host, server.port, timeout=_TIMEOUT, context=context)
        client = smtplib.SMTP(server.host, server.port, timeout=_TIMEOUT)
        if server.scheme == "smtp":
            try:
                client.starttls(context=context)
            except BaseException:
                client.close()
                raise
        return client

    def _message(self, parcel: Parcel, world: World) -> EmailMessage:
        message = EmailMessage()
        message["From"], message["To"] = self._sender, self._address
        message["Subject"] = f"{_alerts(parcel)}: {parcel.looked.portfolio}, {parcel.looked.as_of}"
        message["Date"] = format_datetime(world.clock())
        message["Message-ID"] = f"<{parcel.key}@entity-compliance.invalid>"  # the same however often it is sent
        message["Auto-Submitted"] = "auto-generated"
        message.set_content("\n".join(_text(parcel)))
        message.add_attachment(parcel.lines(), maintype="application", subtype="jsonl", filename="alerts.jsonl")
        return message


def _answered(code: int, said: bytes | str) -> NotDelivered:
    """What a server's answer means: with 4xx it asks for another attempt, with 5xx for none."""
    text = said.decode("utf-8", "replace") if isinstance(said, bytes) else said
    return (Refused if code >= 500 else NotDelivered)(f"{code} {text}")


def _alerts(parcel: Parcel) -> str:
    return "1 alert" if len(parcel.alerts) == 1 else f"{len(parcel.alerts):,} alerts"


def _text(parcel: Parcel) -> list[str]:
    lines = [f"{parcel.looked.portfolio}: {_alerts(parcel)} as of {parcel.looked.as_of}", ""]
    for alert in parcel.alerts[:_SHOWN]:
        lines.append(f"{alert.kind.upper()}  {alert.hit.score}  {alert.counterparty}  {alert.hit.name}")
        lines.append(f"    {alert.hit.entry_name} ({alert.entry}), alert {alert.id}")
        lines += [f"    {text}" for text in (*alert.hit.forbidden, *alert.changes)]
    if len(parcel.alerts) > _SHOWN:
        lines.append(f"and {len(parcel.alerts) - _SHOWN:,} more in the attachment")
    lines += ["", *(f"This is not all that there is to know: {doubt}" for doubt in parcel.looked.why)]
    return lines
