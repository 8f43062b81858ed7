"""Alerts as lines of JSON, to standard output or at the end of a file."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from compliance.monitoring.notifying.parcel import NotDelivered, Parcel, World


class StandardOutput:
    """Standard output."""

    label = "-"

    def send(self, parcel: Parcel, world: World) -> None:  # noqa: ARG002
        """Prints the alerts. Raises NotDelivered when nobody reads them."""
        try:
            sys.stdout.write(parcel.lines().decode())
            sys.stdout.flush()
        except OSError as error:
            raise NotDelivered(f"standard output: {error.strerror or error}") from error


class LinesFile:
    """A file to which lines are added. A line that was cut off by a crash is ended before the next one."""

    def __init__(self, path: Path) -> None:
        self._path = path.absolute()

    @property
    def label(self) -> str:
        """Its whole path."""
        return f"file:{self._path}"

    def send(self, parcel: Parcel, world: World) -> None:  # noqa: ARG002
        """Adds the alerts; they are on the disk when this returns. Raises NotDelivered."""
        try:
            with open(self._path, "ab+") as file:
                file.write(self._line_end(file.tell(), file.fileno()) + parcel.lines())
                file.flush()
                os.fsync(file.fileno())
        except OSError as error:
            raise NotDelivered(f"{self._path}: {error.strerror or error}") from error

    @staticmethod
    def _line_end(size: int, file: int) -> bytes:
        if not size:
            return b""
        os.lseek(file, size - 1, os.SEEK_SET)
        return b"" if os.read(file, 1) == b"\n" else b"\n"
