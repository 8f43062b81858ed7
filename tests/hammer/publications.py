"""Two publications of invented entries in OFAC's delimited format, large enough to be stopped in the middle."""

from collections.abc import Iterator
from pathlib import Path

_TAGS = ("CMIC-EO13959", "NS-PLC", "561-Related", "UKRAINE-EO13662")  # a list each
_NULL = "-0- "


def write_publications(folder: Path, entries: int) -> tuple[Path, Path]:
    """Folders of 2024-01-01 and 2024-02-01 with that many entries on each of four lists.

    In the second every third entry has another remark; every fiftieth of the first is gone, as many are new.
    """
    found = []
    for number, day in enumerate(("2024-01-01", "2024-02-01")):
        target = folder / day
        target.mkdir(parents=True)
        rows = list(_rows(entries, later=bool(number)))
        (target / "cons_prim.csv").write_bytes("\r\n".join([*rows, "\x1a"]).encode())
        found.append(target)
    return found[0], found[1]


def _rows(entries: int, *, later: bool) -> Iterator[str]:
    for list_number, tag in enumerate(_TAGS):
        for number in range(entries):
            if number % 50 == (0 if later else 1):
                continue
            remark = f"Registration Number {number}; Example of the hammer {'a' * 200}"
            if later and number % 3 == 0:
                remark += " amended"
            fields = [f'"EXAMPLE {tag} COMPANY NO. {number} LIMITED"', _NULL, f'"{tag}"', *[_NULL] * 7, f'"{remark}."']
            yield ",".join([str(900_000 + 10_000 * list_number + number), *fields])
