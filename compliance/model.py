"""What an official list says: the words of the domain, as frozen values.

Nothing here reads a file, a database or a clock. A `Statement` is what one publication says about one
party, field by field; an `Entry` is the readable whole that the fields known on a day add up to.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from typing import Any, NamedTuple

from pydantic import BaseModel, ConfigDict

# The label, BIS's own, of the day on which an entry ends by itself, among the `dates` of a statement.
EXPIRES = "Expiration_Date"


class PartyType(StrEnum):
    """The kind of party that a list names."""

    entity = "entity"
    individual = "individual"
    vessel = "vessel"
    aircraft = "aircraft"


class NameKind(StrEnum):
    """How the publisher ranks a name. A weak alias (OFAC FAQ 122-125) confirms a match, it rarely makes one."""

    primary = "primary"
    aka = "aka"
    fka = "fka"
    nka = "nka"
    weak = "weak"
    original_script = "original-script"


class MeasureKind(StrEnum):
    """The closed set of what a listing can forbid; docs/measures.md has the rule behind each."""

    blocking = "blocking"
    reject = "reject"
    securities = "securities"
    debt_equity = "debt-equity"
    oil_projects = "oil-projects"
    correspondent_account = "correspondent-account"
    menu_based = "menu-based"
    sanctions_evader = "sanctions-evader"
    export_licence = "export-licence"
    export_denial = "export-denial"
    export_unverified = "export-unverified"
    import_presumption = "import-presumption"
    procurement = "procurement"
    debarment = "debarment"
    nonproliferation = "nonproliferation"
    asset_freeze = "asset-freeze"
    travel_ban = "travel-ban"
    arms_embargo = "arms-embargo"
    transport = "transport"
    trade = "trade"
    director_disqualification = "director-disqualification"
    trust_services = "trust-services"
    internal = "internal"
    unknown = "unknown"


class Value(BaseModel):
    """Base of the frozen values; an unknown field is a mistake, not an extension."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)


class Name(Value):
    """One name of a party as the publisher writes it."""

    text: str
    kind: NameKind
    source_id: str | None = None
    remarks: str | None = None
    script: str | None = None
    language: str | None = None


class Identifier(Value):
    """A number or code that names the party: `kind` is ours (`isin`, `passport`, ...), `label` the publisher's."""

    kind: str
    value: str
    label: str
    country: str | None = None
    issued: str | None = None
    expires: str | None = None


class Address(Value):
    """An address in the parts that the publisher gives; OFAC's CSV has city, state and postcode in one."""

    street: str | None = None
    city: str | None = None
    country: str | None = None
    source_id: str | None = None
    remarks: str | None = None


class DateRange(Value):
    """A date that may be partial: the first and last day it can mean. `text` is what was published."""

    text: str
    first: date | None = None
    last: date | None = None
    circa: bool = False


class Measure(Value):
    """What a listing forbids, from when, and until when winding down is allowed.

    `effective` is the first day of the prohibition. `divest_by` is the day *from* which even a sale solely
    to divest is forbidden (31 CFR 586, FAQ 1046). `basis` names the programme or directive, `rule` the source.
    """

    kind: MeasureKind
    basis: str
    effective: date | None = None
    divest_by: date | None = None
    rule: str = ""


class RemarkFacts(Value):
    """What OFAC's remarks say, read item by item; `text` is verbatim, and what has no field is in `other`.

    `truncated` means the publisher cut the text at 1,000 characters and the rest was not at hand.
    """

    text: str
    truncated: bool = False
    weak_names: tuple[Name, ...] = ()
    identifiers: tuple[Identifier, ...] = ()
    births: tuple[DateRange, ...] = ()
    birthplaces: tuple[str, ...] = ()
    nationalities: tuple[str, ...] = ()
    citizenships: tuple[str, ...] = ()
    gender: str | None = None
    linked_to: tuple[str, ...] = ()
    secondary_sanctions: tuple[str, ...] = ()
    directives: tuple[str, ...] = ()
    dates: dict[str, date] = {}
    other: tuple[str, ...] = ()


class Statement(NamedTuple):
    """What one publication says about one party: the fields it speaks of, as plain JSON values.

    `lists` are the lists that the party is on by the file's word or by its programme tags; `listed_on` is the entry's
    own date, where the file gives one. A party with a date for each list has a statement for each.

    `fields` are, as plain JSON: `name`, `type`, `programmes`, `aliases` [Name], `addresses` [Address], `details`,
    `remarks` (RemarkFacts), and from formats that state them apart: `original_names` and `weak_names` [Name],
    `identifiers` [Identifier], `births` [DateRange], `birthplaces`, `nationalities`, `citizenships`, `gender`,
    `linked_to`, `measures` [Measure], `dates` (label: day), `directives`, `sanctions_types`, `secondary_sanctions`,
    `notes` (items of text without a field), `comment` (the publisher's own remarks), and `other` {publisher's name:
    value} for all the rest. A format whose rest must not be compared with another format's has it in `other/FORMAT`.
    """

    key: str
    lists: tuple[str, ...]
    fields: dict[str, Any]
    listed_on: date | None = None


class SourceFile(Value):
    """One official file as obtained: its name, its SHA-256 (hex) and its size in bytes."""

    name: str
    sha256: str
    size: int


class Publication(NamedTuple):
    """One dated official file, or set of files, and what it speaks of.

    `lists` are the lists that the file may hold, `covers` the fields that it states completely for every
    entry: a field outside `covers` is unknown here, never empty. `date_source` tells where the date comes from.
    `loose` are the fields of which the format gives the content, and neither the order nor the wording of others;
    `omits` those of which it leaves out members that have nothing but a number. `undecided` are, by list, parties in
    the file of which the format cannot tell whether they are on that list: there they stay what they were.
    """

    format: str
    published: date
    date_source: str
    lists: tuple[str, ...]
    covers: tuple[str, ...]
    files: tuple[SourceFile, ...]
    statements: list[Statement]
    warnings: tuple[str, ...] = ()
    loose: tuple[str, ...] = ()
    omits: tuple[str, ...] = ()
    undecided: tuple[tuple[str, frozenset[str]], ...] = ()


class Entry(Value):
    """What one list says about one party, on one day.

    `dates` are the publisher's labelled dates, `other` what it says in items of text that have no field here, `more`
    what it states under names of its own.
    """

    list_id: str
    key: str
    type: PartyType
    names: tuple[Name, ...]
    programmes: tuple[str, ...] = ()
    measures: tuple[Measure, ...] = ()
    listed_on: date | None = None
    identifiers: tuple[Identifier, ...] = ()
    addresses: tuple[Address, ...] = ()
    births: tuple[DateRange, ...] = ()
    birthplaces: tuple[str, ...] = ()
    nationalities: tuple[str, ...] = ()
    citizenships: tuple[str, ...] = ()
    gender: str | None = None
    linked_to: tuple[str, ...] = ()
    details: dict[str, str] = {}
    dates: dict[str, date] = {}
    remarks: str | None = None
    remarks_truncated: bool = False
    other: tuple[str, ...] = ()
    more: dict[str, Any] = {}
    unknown: tuple[str, ...] = ()

    @property
    def id(self) -> str:
        """The entry's name for people and commands: `us-ofac-cmic/33114`."""
        return f"{self.list_id}/{self.key}"

    @property
    def primary_name(self) -> str:
        """The name the publisher puts first."""
        return self.names[0].text


Fields = Mapping[str, Any]
