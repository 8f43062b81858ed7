"""Books of counterparties made of the names of real companies: most altered as data entry alters them, few listed."""

from __future__ import annotations

import csv
import random
import string
from pathlib import Path

LISTED = 0.002  # of the rows
_SEGMENTS = "ABC"
_ADDED = ("Branch", "Holdings", "International", "No 2", "Trading", "Asia")


def portfolio_names(corpus: Path) -> list[str]:
    """The names of the companies on three exchanges."""
    csv.field_size_limit(1 << 30)
    names: set[str] = set()
    for path in sorted((corpus / "portfolios").glob("exchanges-*/*.csv")):
        with open(path, newline="", encoding="utf-8") as file:
            names.update(row["name"] for row in csv.DictReader(file))
    return sorted(name for name in names if name)


def listed_names(sdn: Path) -> list[str]:
    """The primary names and aliases of an SDN publication."""
    names: list[str] = []
    for path, width, at in ((sdn / "sdn.csv", 12, 1), (sdn / "alt.csv", 5, 3)):
        with open(path, newline="", encoding="ascii") as file:
            names += [row[at] for row in csv.reader(file) if len(row) == width]
    return names


def book(path: Path, rows: int, names: list[str], listed: list[str]) -> Path:
    """Writes a CSV with so many rows; the same rows every time."""
    chance = random.Random(7)
    with open(path, "w", newline="", encoding="utf-8") as file:
        out = csv.writer(file)
        out.writerow(["id", "name", "segment", "opened"])
        for number in range(rows):
            some = chance.random() < LISTED
            name = chance.choice(listed) if some else altered(chance.choice(names), names, chance)
            out.writerow([f"C{number:08d}", name, chance.choice(_SEGMENTS), f"2020-01-{number % 28 + 1:02d}"])
    return path


def altered(name: str, names: list[str], chance: random.Random) -> str:
    """As it is (3 of 10), with a word in capitals, a wrong letter, words added, or its last word of another company."""
    how, words = chance.random(), name.split()
    if how < 0.3:
        return name
    if how < 0.5:
        at = chance.randrange(len(words))
        return " ".join([*words[:at], words[at].upper(), *words[at + 1 :]])
    if how < 0.7:
        at = chance.randrange(len(name))
        return name[:at] + chance.choice(string.ascii_lowercase) + name[at + 1 :]
    if how < 0.85:
        return f"{name} {chance.choice(_ADDED)} {chance.randrange(1000)}"
    return " ".join([*words[:-1], chance.choice(names).split()[0]])


def parquet_of(path: Path) -> Path:
    """The same rows as Parquet."""
    from pyarrow import csv as reader
    from pyarrow import parquet

    target = path.with_suffix(".parquet")
    parquet.write_table(reader.read_csv(path), target)
    return target
