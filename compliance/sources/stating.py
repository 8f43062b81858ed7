"""What a file with structured fields states of a party: every field of the model, the empty ones as empty."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from compliance.errors import DamagedFile
from compliance.model import Publication, Statement
from compliance.sources.dating import Dating
from compliance.sources.files import InputFile

Fields = dict[str, Any]

COVERS = (
    "type", "name", "programmes", "aliases", "addresses", "remarks", "details", "identifiers", "births",
    "birthplaces", "nationalities", "citizenships", "gender", "measures", "other",
)  # fmt: skip


_FEW_SLIPS = 3


def stated(*, type: str, name: str, remarks: str | None = None, gender: str | None = None, **fields: Any) -> Fields:
    """Every covered field; one that is not given is known to be empty."""
    unknown = fields.keys() - set(COVERS)
    if unknown:
        raise TypeError(f"no such fields: {unknown}")
    whole: Fields = {name: {} if name in ("details", "other") else [] for name in COVERS}
    whole |= {"type": type, "name": name, "gender": gender or None, "remarks": {"text": remarks} if remarks else None}
    return whole | {name: value for name, value in fields.items() if value}


def present(**values: Any) -> Fields:
    """The values that are there; text without blanks around it."""
    bare = {name: value.strip() if isinstance(value, str) else value for name, value in values.items()}
    return {name: value for name, value in bare.items() if value not in (None, "", [], {})}


def unique(values: Iterable[Any]) -> list[Any]:
    """The values in their order, each once, none empty."""
    found: list[Any] = []
    for value in values:
        if value and value not in found:
            found.append(value)
    return found


def once(statements: Iterable[tuple[str, Statement]], file: InputFile) -> list[Statement]:
    """The statements, each with the place where it stands; a key that stands there twice is damage."""
    seen: dict[str, str] = {}
    found: list[Statement] = []
    for place, statement in statements:
        if statement.key in seen:
            raise DamagedFile(
                f"{file.path}, {place}: {statement.key} stands there twice, first at {seen[statement.key]}; "
                "the file is damaged, download it again"
            )
        seen[statement.key] = place
        found.append(statement)
    return found


def publication(
    format: str,
    file: InputFile,
    lists: Sequence[str],
    statements: list[Statement],
    dating: Dating,
    own: date | None = None,
    warnings: Sequence[str] = (),
) -> Publication:
    """The publication of one file that states every field; `own` is the date that the file itself holds."""
    published, source = dating.within(file.path, own)
    statements, late = _without_slips(statements, published, sure=own is not None)
    named = dating.found if own and dating.found not in (None, own) else None
    outside = f"{file.path}: its name, folder or file time says {named}, the file itself {own}"
    said = [f"{outside}; the file's own date is taken"] if named else []
    covers: tuple[str, ...] = COVERS
    if not any(statement.fields["measures"] for statement in statements):
        # Measures that the file does not state follow from the list; "known to be empty" would be untrue.
        covers = tuple(name for name in COVERS if name != "measures")
        statements = [s._replace(fields={n: v for n, v in s.fields.items() if n != "measures"}) for s in statements]
    return Publication(
        format=format,
        published=published,
        date_source=source,
        lists=tuple(lists),
        covers=covers,
        files=(file.source(),),
        statements=statements,
        warnings=(*dating.warnings, *said, *warnings, *(f"{file.path}: {note}" for note in late)),
    )


def _without_slips(statements: list[Statement], published: date, *, sure: bool) -> tuple[list[Statement], list[str]]:
    """The statements without dates of listing after the publication, where these are slips of the publisher's pen.

    They are when the publication's date is sure, or when there are few of them. Many give a wrong date away, and are
    left for the import to refuse. What was written stays among `other`.
    """
    late = {s.key for s in statements if s.listed_on and s.listed_on > published}
    if not late or not (sure or len(late) <= _FEW_SLIPS):
        return statements, []
    notes = [f"{s.key} is said to be listed on {s.listed_on}, later; not taken" for s in statements if s.key in late]
    return [_undated(s) if s.key in late else s for s in statements], notes


def _undated(statement: Statement) -> Statement:
    other = {**statement.fields["other"], "listed_on": str(statement.listed_on)}
    return statement._replace(fields={**statement.fields, "other": other}, listed_on=None)


def address(
    *,
    street: str | None = None,
    city: str | None = None,
    state: str | None = None,
    postcode: str | None = None,
    country: str | None = None,
    remarks: str | None = None,
) -> Fields:
    """The JSON of an `Address` out of a publisher's parts."""
    place = ", ".join(part.strip() for part in (city, state, postcode) if part and part.strip())
    return present(street=street, city=place, country=country, remarks=remarks)
