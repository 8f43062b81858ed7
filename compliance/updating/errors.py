"""What can go wrong with an update; each is one plain line, and the list stays as it was."""

from __future__ import annotations

from compliance.errors import CannotSay


class FetchFailed(CannotSay):
    """The file could not be fetched: the network, the server, or what it sent."""


class HeldBack(CannotSay):
    """The files came whole, but must not be imported without a person looking at them."""
