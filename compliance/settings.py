"""The few settings: environment first, then `settings.toml` in the data folder, then the defaults."""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from compliance.errors import BadInput
from events.state import database_path

APP = "entity-compliance"
FILE_SETTINGS = (  # what `settings.toml` may hold
    "actor", "cache_dir", "database_url", "four_eyes", "log_key", "mail_from", "max_age", "mirror", "record",
    "record_names", "smtp", "webhook_secret",
)  # fmt: skip
DEFAULT_MAX_AGE = 7  # days that a list may be old before "clear" is not said any more


class Settings(NamedTuple):
    """Where the log, the originals and the disposable files are, and how old a list may be.

    `database_url` is an SQLAlchemy URL; `max_age` is in days; `actor` is written into each event; `log_key` is
    the file of the private key that signs the log's heads, None when they are not signed; `data` the data folder;
    `mirror` a web address or a folder that holds copies of the official files. With `four_eyes` a release needs a
    second person. `webhook_secret` signs what is sent to a webhook, `smtp` is the address of the mail server. `record`
    says whether to record what is asked (None: batches, and a single screening when told to); `record_names` is
    `plain` or `digest`.
    """

    database_url: str
    archive: Path
    cache: Path
    max_age: int
    actor: str
    data: Path
    log_key: Path | None = None
    mirror: str | None = None
    four_eyes: bool = False
    webhook_secret: str | None = None
    smtp: str | None = None
    mail_from: str | None = None
    record: bool | None = None
    record_names: str = "plain"


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
    key = env.get("COMPLIANCE_LOG_KEY") or file.get("log_key")
    return Settings(
        database_url=url,
        archive=_beside(url, data) / "archive",
        cache=Path(cache) if cache else _user_folder("cache"),
        max_age=_days(env.get("COMPLIANCE_MAX_AGE") or file.get("max_age") or str(DEFAULT_MAX_AGE)),
        actor=env.get("COMPLIANCE_ACTOR") or file.get("actor") or _login(env),
        data=data,
        log_key=Path(key).expanduser() if key else None,
        mirror=env.get("COMPLIANCE_MIRROR") or file.get("mirror"),
        four_eyes=_yes_or_no("four_eyes", env.get("COMPLIANCE_FOUR_EYES") or file.get("four_eyes")) or False,
        webhook_secret=env.get("COMPLIANCE_WEBHOOK_SECRET") or file.get("webhook_secret"),
        smtp=env.get("COMPLIANCE_SMTP") or file.get("smtp"),
        mail_from=env.get("COMPLIANCE_MAIL_FROM") or file.get("mail_from"),
        record=_yes_or_no("record", env.get("COMPLIANCE_RECORD") or file.get("record")),
        record_names=_names(env.get("COMPLIANCE_RECORD_NAMES") or file.get("record_names") or "plain"),
    )


def _from_file(path: Path) -> dict[str, str]:
    try:
        found = tomllib.loads(path.read_text("utf-8"))
    except (FileNotFoundError, NotADirectoryError):
        return {}
    except OSError as error:
        raise BadInput(f"the settings file {path} cannot be read: {error.strerror}") from error
    except ValueError as error:
        raise BadInput(f"the settings file {path} is not TOML in UTF-8: {error}") from error
    unknown = sorted(set(found) - set(FILE_SETTINGS))
    if unknown:
        raise BadInput(f"the settings file {path} holds {unknown[0]!r}; it can hold {', '.join(FILE_SETTINGS)}")
    return {key: str(value) for key, value in found.items()}


def _user_folder(kind: str) -> Path:
    import platformdirs

    return Path(platformdirs.user_data_dir(APP) if kind == "data" else platformdirs.user_cache_dir(APP))


def _beside(url: str, data: Path) -> Path:
    """Originals live next to a SQLite database, else in the data folder."""
    path = database_path(url)
    return data if path is None else path.parent


def _days(text: str) -> int:
    if not re.fullmatch("[0-9]{1,9}", text):
        raise BadInput(f"the setting max_age (COMPLIANCE_MAX_AGE) is {text!r}: give a whole number of days")
    return int(text)


def _yes_or_no(name: str, text: str | None) -> bool | None:
    """None where nothing is set."""
    if text is None:
        return None
    if text.lower() in ("yes", "true", "1", "on"):
        return True
    if text.lower() in ("no", "false", "0", "off"):
        return False
    raise BadInput(f"the setting {name} (COMPLIANCE_{name.upper()}) is {text!r}: write yes or no")


def _names(text: str) -> str:
    if text not in ("plain", "digest"):
        raise BadInput(f"the setting record_names (COMPLIANCE_RECORD_NAMES) is {text!r}: write plain or digest")
    return text


def _login(env: Mapping[str, str]) -> str:
    return env.get("USER") or env.get("USERNAME") or env.get("LOGNAME") or _account()


def _account() -> str:
    """The name of the account that the process runs as; a job without a login session has it too."""
    try:
        import pwd
    except ImportError:  # not a Unix: there Windows sets USERNAME
        return "unknown"
    try:
        return pwd.getpwuid(os.getuid()).pw_name
    except KeyError:
        return f"uid {os.getuid()}"  # as in a container that was given a bare number
