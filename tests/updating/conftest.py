from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.updating.server import Publisher

FIXTURES = Path(__file__).parents[2] / "fixtures"
NOW = datetime(2023, 12, 1, 12, tzinfo=UTC)
PROXIES = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "SSL_CERT_FILE", "SSL_CERT_DIR", "COMPLIANCE_MIRROR")


@pytest.fixture
def publisher() -> Iterator[Publisher]:
    server = Publisher()
    yield server
    server.stop()


@pytest.fixture(autouse=True)
def surroundings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A fresh data folder, no proxy between the test and its server, and no publisher's own server in reach."""
    for name in (*PROXIES, *(name.lower() for name in PROXIES), "COMPLIANCE_DATABASE_URL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("COMPLIANCE_MIRROR", str(tmp_path / "no mirror"))
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.setenv("COMPLIANCE_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("COMPLIANCE_CACHE_DIR", str(tmp_path / "cache"))
    monkeypatch.setenv("COMPLIANCE_ACTOR", "tester")
