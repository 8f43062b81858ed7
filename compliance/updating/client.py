"""The HTTP client: who we are, how long we wait, and which proxy and certificates the environment names."""

from __future__ import annotations

import httpx

from compliance import __version__

CONNECT, READ = 10.0, 60.0  # seconds; the publishers' servers may think long before the first byte
USER_AGENT = f"entity-compliance/{__version__}"


def new_client() -> httpx.Client:
    """A client that heeds HTTP_PROXY, HTTPS_PROXY, ALL_PROXY, NO_PROXY, SSL_CERT_FILE and SSL_CERT_DIR."""
    return httpx.Client(
        headers={"User-Agent": USER_AGENT, "Accept": "*/*"},
        timeout=httpx.Timeout(READ, connect=CONNECT),
        trust_env=True,
    )
