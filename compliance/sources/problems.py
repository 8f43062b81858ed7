"""Damage gathered row by row, told in one line."""

from __future__ import annotations

from dataclasses import dataclass

from compliance.errors import DamagedFile


@dataclass
class Problems:
    """What is wrong with a file, so that one message can name the first and count the rest."""

    path: str
    first: str = ""
    rest: int = 0

    def add(self, line: int, what: str) -> None:
        """Note that a line is wrong."""
        if self.first:
            self.rest += 1
        else:
            self.first = f"{self.path}, line {line:,}: {what}"

    def refuse(self, advice: str) -> None:
        """Refuse the file if anything was noted."""
        if self.first:
            more = f" (and {self.rest:,} more)" if self.rest else ""
            raise DamagedFile(f"{self.first}{more}; {advice}")
