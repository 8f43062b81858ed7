"""Alerts posted to a web address, signed as Standard Webhooks has it (https://www.standardwebhooks.com).

The headers are `webhook-id` (also as `Idempotency-Key`), `webhook-timestamp` (seconds) and `webhook-signature`: `v1,`
and the Base64 of the HMAC-SHA256 of `ID.TIMESTAMP.BODY`. The id is the same on every attempt, the timestamp is not.
"""

from __future__ import annotations

import base64
import binascii
import hmac
from hashlib import sha256
from urllib.parse import urlsplit

import httpx
import orjson

from compliance.errors import BadInput
from compliance.monitoring.notifying.parcel import NotDelivered, Parcel, Refused, World, trying
from compliance.updating.client import USER_AGENT

_IN_ONE = 200  # alerts in one request
_CONNECT, _READ = 10.0, 30.0  # seconds
_LONGEST_WAIT = 60.0  # seconds that an answer's Retry-After is heeded
_PREFIX = "whsec_"  # of secrets in Base64
_AGAIN = frozenset({408, 425, 429})  # of the answers below 500 those that ask for another attempt


class Webhook:
    """A web address that takes alerts."""

    def __init__(self, url: str, secret: str | None) -> None:
        if not secret:
            raise BadInput(
                "a webhook needs a secret, so that its receiver can tell who sent: COMPLIANCE_WEBHOOK_SECRET"
            )
        self._url = url
        self._key = secret_bytes(secret)
        self._asked_to_wait: float | None = None

    @property
    def label(self) -> str:
        """Its host, and a part of the address's digest: addresses hold secrets."""
        return f"webhook:{urlsplit(self._url).hostname}/{sha256(self._url.encode()).hexdigest()[:8]}"

    def send(self, parcel: Parcel, world: World) -> None:
        """Posts the alerts, some hundreds at a time. Raises NotDelivered when one post was not taken."""
        timeout = httpx.Timeout(_READ, connect=_CONNECT)
        with httpx.Client(timeout=timeout, headers={"User-Agent": USER_AGENT}, trust_env=True) as client:
            for part in parcel.parts(_IN_ONE):
                trying(lambda part=part: self._post(client, part, world), world, lambda: self._asked_to_wait)  # type: ignore[misc]

    def _post(self, client: httpx.Client, parcel: Parcel, world: World) -> None:
        self._asked_to_wait = None
        body = orjson.dumps(
            {"portfolio": parcel.looked.portfolio, "position": parcel.position, "alerts": parcel.plain()}
        )
        timestamp = str(int(world.clock().timestamp()))
        headers = {
            "Content-Type": "application/json",
            "Idempotency-Key": parcel.key,
            "webhook-id": parcel.key,
            "webhook-timestamp": timestamp,
            "webhook-signature": signature(self._key, parcel.key, timestamp, body),
        }
        try:
            answer = client.post(self._url, content=body, headers=headers)
        except (httpx.InvalidURL, httpx.UnsupportedProtocol) as error:
            raise Refused(f"the address cannot be used: {error}") from error
        except httpx.HTTPError as error:
            raise NotDelivered(str(error) or type(error).__name__) from error
        self._heed(answer)

    def _heed(self, answer: httpx.Response) -> None:
        if answer.is_success:
            return
        said = f"it answered {answer.status_code} {answer.reason_phrase}".strip()
        if answer.status_code < 500 and answer.status_code not in _AGAIN:
            raise Refused(said)
        wait = answer.headers.get("Retry-After", "")
        self._asked_to_wait = min(float(wait), _LONGEST_WAIT) if wait.isdecimal() else None
        raise NotDelivered(said)


def secret_bytes(secret: str) -> bytes:
    """The key of a secret: what follows `whsec_` is Base64, anything else is taken as it stands."""
    if not secret.startswith(_PREFIX):
        return secret.encode()
    try:
        return base64.b64decode(secret.removeprefix(_PREFIX), validate=True)
    except binascii.Error as error:
        raise BadInput("the webhook's secret begins with whsec_ and is not Base64 after that") from error


def signature(key: bytes, message_id: str, timestamp: str, body: bytes) -> str:
    """The value of `webhook-signature`."""
    signed = hmac.digest(key, f"{message_id}.{timestamp}.".encode() + body, "sha256")
    return f"v1,{base64.b64encode(signed).decode()}"
