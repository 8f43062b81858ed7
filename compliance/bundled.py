"""The NS-CMIC list that a new log begins with; compliance/data/ns-cmic/README.md says what it is."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

BUNDLED_LIST = "us-ofac-cmic"
BUNDLED_EVENTS = 71  # 3 publications and 68 listings
_FOLDER = Path(__file__).parent / "data" / "ns-cmic"


def bundled_files() -> Iterator[tuple[list[Path], date]]:
    """Each bundled publication's files and its date, oldest first."""
    for folder in sorted(path for path in _FOLDER.iterdir() if path.is_dir()):
        yield [folder / "cons_prim.csv"], date.fromisoformat(folder.name)
