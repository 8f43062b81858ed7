"""Lines for cron and units for systemd that run the update twice a day."""

from __future__ import annotations

import shlex
from collections.abc import Mapping, Sequence

_KEPT = ("COMPLIANCE_DATA_DIR", "COMPLIANCE_DATABASE_URL", "COMPLIANCE_CACHE_DIR", "COMPLIANCE_MIRROR")


def schedule(command: str, lists: Sequence[str], environment: Mapping[str, str]) -> str:
    """The text to paste. `command` is the path of the program; settings in the environment are written into it."""
    words = shlex.join([command, "update", *lists])
    settings = {name: environment[name] for name in _KEPT if environment.get(name)}
    cron = " ".join([*(f"{name}={shlex.quote(value)}" for name, value in settings.items()), words])
    lines = [
        "# cron: add this line with `crontab -e` (minute 17, so that not everybody asks on the hour)",
        f"17 6,18 * * * {cron.replace('%', chr(92) + '%')}",
        "",
        "# systemd: ~/.config/systemd/user/compliance-update.service",
        "[Unit]",
        "Description=Fetch and import the official entity lists",
        "Wants=network-online.target",
        "After=network-online.target",
        "",
        "[Service]",
        "Type=oneshot",
        *(f"Environment={_quoted(f'{name}={value}')}" for name, value in settings.items()),
        f"ExecStart={' '.join(_quoted(word) for word in [command, 'update', *lists])}",
        "",
        "# systemd: ~/.config/systemd/user/compliance-update.timer",
        "[Unit]",
        "Description=Fetch and import the official entity lists twice a day",
        "",
        "[Timer]",
        "OnCalendar=*-*-* 06,18:17:00",
        "RandomizedDelaySec=20min",
        "Persistent=true",
        "",
        "[Install]",
        "WantedBy=timers.target",
        "",
        "# then: systemctl --user daemon-reload && systemctl --user enable --now compliance-update.timer",
    ]
    return "\n".join(lines)


def _quoted(word: str) -> str:
    """A word as systemd reads it: `%` is a specifier, `$` a variable, quotes are C's."""
    text = word.replace("\\", "\\\\").replace('"', '\\"').replace("%", "%%").replace("$", "$$")
    return f'"{text}"' if any(c in word for c in " \t\"'\\;") else text
