"""The few settings: environment first, then `settings.toml` in the data folder, then the defaults."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from compliance.errors import BadInput

APP = "entity-compliance"
DEFAULT_MAX_AGE = 7  # days that a list may be old before "clear" is not said any more


class Settings(NamedTuple):
    """Where the log, the originals and the disposable files are, and how old a list may be.

    `database_url` is an SQLAlchemy URL; `max_age` is in days; `actor` is written into each event. `mirror` is a
    web address or a folder that holds copies of the official files.
    """

    database_url: str
    archive: Path
    cache: Path
    max_age: int
    actor: str
    data: Path
    mirror: str | None = None


def load(environment: Mapping[str, str] | None = None, *, database_url: str | None = None) -> Settings:
    """The settings in force. Raises BadInput for a value that cannot be one."""
    env = os.environ if environment is None else environment
    data = Path(env["COMPLIANCE_DATA_DIR"]) if env.get("COMPLIANCE_DATA_DIR") else _user_folder("data")
    file = _from_file(data / "settings.toml")
    url = (
        database_url
        or env.get("COMPLIANCE_DATABASE_URL")
        or file.get("database_url")
        or f"sqlite:///{data / 'compliance.db'}"
    )
    cache = env.get("COMPLIANCE_CACHE_DIR") or file.get("cache_dir")
    return Settings(
        database_url=url,
        archive=_beside(url, data) / "archive",
        cache=Path(cache) if cache else _user_folder("cache"),
        max_age=_days(env.get("COMPLIANCE_MAX_AGE") or file.get("max_age") or str(DEFAULT_MAX_AGE)),
        actor=env.get("COMPLIANCE_ACTOR") or file.get("actor") or _login(env),
        data=data,
        mirror=env.get("COMPLIANCE_MIRROR") or file.get("mirror"),
    )


def _from_file(path: Path) -> dict[str, str]:
    try:
        return {key: str(value) for key, value in tomllib.loads(path.read_text("utf-8")).items()}
    except FileNotFoundError:
        return {}
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise BadInput(f"the settings file {path} cannot be read: {error}") from error


def _user_folder(kind: str) -> Path:
    import platformdirs

    return Path(platformdirs.user_data_dir(APP) if kind == "data" else platformdirs.user_cache_dir(APP))


def _beside(url: str, data: Path) -> Path:
    """Originals live next to a SQLite database, else in the data folder."""
    prefix = "sqlite:///"
    return Path(url.removeprefix(prefix)).parent if url.startswith(prefix) else data


def _days(text: str) -> int:
    if not text.isdigit():
        raise BadInput(f"COMPLIANCE_MAX_AGE is {text!r}: give a whole number of days")
    return int(text)


def _login(env: Mapping[str, str]) -> str:
    return env.get("USER") or env.get("USERNAME") or env.get("LOGNAME") or "unknown"
