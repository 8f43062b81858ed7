"""The few settings: environment first, then the file, then the defaults; a wrong one is told, not ignored."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from compliance.errors import BadInput
from compliance.settings import load


@pytest.fixture
def data(tmp_path: Path) -> Path:
    (tmp_path / "d").mkdir()
    return tmp_path / "d"


def env(data: Path, **more: str) -> dict[str, str]:
    return {"COMPLIANCE_DATA_DIR": str(data), **{f"COMPLIANCE_{key.upper()}": value for key, value in more.items()}}


def test_without_anything_the_log_lies_in_the_data_folder_with_the_archive_beside_it(data: Path) -> None:
    found = load({**env(data), "USER": "ann"})
    assert found.database_url == f"sqlite:///{data}/compliance.db"
    assert (found.archive, found.max_age, found.actor) == (data / "archive", 7, "ann")


def test_without_a_login_session_the_actor_is_the_account(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A job of cron or in a container has no USER, but it runs as somebody."""
    pwd = pytest.importorskip("pwd")
    assert load(env(data)).actor == pwd.getpwuid(os.getuid()).pw_name
    monkeypatch.setattr(os, "getuid", lambda: 4_000_000_000)
    assert load(env(data)).actor == "uid 4000000000"


def test_without_a_data_folder_it_is_the_users_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("XDG_DATA_HOME", raising=False)
    assert str(tmp_path) in load({}).database_url


def test_the_file_is_read_and_the_environment_goes_before_it(data: Path) -> None:
    (data / "settings.toml").write_text('max_age = 30\nactor = "desk"\ncache_dir = "/c"\n')
    assert load(env(data))[2:5] == (Path("/c"), 30, "desk")
    assert load(env(data, max_age="0", actor="ann", cache_dir="/e"))[2:5] == (Path("/e"), 0, "ann")


def test_the_archive_lies_beside_the_database_that_is_named(data: Path) -> None:
    for scheme in ("sqlite:///", "sqlite+pysqlite:///"):
        assert load(env(data, database_url=f"{scheme}/books/log.db")).archive == Path("/books/archive")


def test_a_url_that_is_passed_goes_before_all(data: Path) -> None:
    found = load(env(data, database_url="sqlite:////other.db"), database_url="sqlite:////books/log.db")
    assert found.database_url == "sqlite:////books/log.db"


@pytest.mark.parametrize("value", ["", "a", "-1", "7.5", "²", "9999999999"])
def test_an_age_that_is_no_number_of_days_is_told(data: Path, value: str) -> None:
    if value:
        with pytest.raises(BadInput, match="max_age"):
            load(env(data, max_age=value))
    (data / "settings.toml").write_text(f'max_age = "{value or "x"}"')
    with pytest.raises(BadInput, match="give a whole number of days"):
        load(env(data))


def test_a_setting_that_does_not_exist_is_told_with_those_that_do(data: Path) -> None:
    (data / "settings.toml").write_text("maxage = 3")
    with pytest.raises(
        BadInput, match="holds 'maxage'; it can hold actor, cache_dir, database_url, four_eyes, log_key, mail_from"
    ):
        load(env(data))


@pytest.mark.parametrize("content", [b"max_age = = 3", b"actor = '\xff'"])
def test_a_file_that_is_not_toml_is_told(data: Path, content: bytes) -> None:
    (data / "settings.toml").write_bytes(content)
    with pytest.raises(BadInput, match=r"settings\.toml is not TOML"):
        load(env(data))


def test_four_eyes_is_yes_or_no_and_nothing_else(data: Path) -> None:
    assert load({"COMPLIANCE_DATA_DIR": str(data)}).four_eyes is False
    (data / "settings.toml").write_text("four_eyes = true")
    assert load({"COMPLIANCE_DATA_DIR": str(data)}).four_eyes is True
    assert load({"COMPLIANCE_DATA_DIR": str(data), "COMPLIANCE_FOUR_EYES": "no"}).four_eyes is False
    with pytest.raises(BadInput, match="is 'perhaps': write yes or no"):
        load({"COMPLIANCE_DATA_DIR": str(data), "COMPLIANCE_FOUR_EYES": "perhaps"})
