"""The words of FollowTheMoney that the model has a place for; its schemata are at followthemoney.tech."""

from __future__ import annotations

import re
from collections.abc import Iterable

from compliance.model import NameKind

_TYPES = {
    "Person": "individual",
    "LegalEntity": "entity",
    "Organization": "entity",
    "Company": "entity",
    "PublicBody": "entity",
    "Asset": "entity",
    "CryptoWallet": "entity",
    "Security": "entity",
    "Vehicle": "entity",
    "Vessel": "vessel",
    "Airplane": "aircraft",
}
NAMES = {"alias": NameKind.aka, "previousName": NameKind.fka, "weakAlias": NameKind.weak}
DATES = ("birthDate",)
IDENTIFIERS = {
    "passportNumber": "passport",
    "idNumber": "national-id",
    "socialSecurityNumber": "national-id",
    "taxNumber": "tax-id",
    "vatCode": "tax-id",
    "innCode": "tax-id",
    "registrationNumber": "registration",
    "ogrnCode": "registration",
    "uscCode": "uscc",
    "leiCode": "lei",
    "swiftBic": "bic",
    "dunsCode": "duns",
    "isin": "isin",
    "isinCode": "isin",
    "ticker": "ticker",
    "imoNumber": "imo",
    "mmsi": "mmsi",
    "callSign": "call-sign",
    "publicKey": "wallet",
    "email": "email",
    "phone": "phone",
    "website": "website",
}
PLACED = frozenset((
    "name", *NAMES, *DATES, *IDENTIFIERS, "program", "programId", "address", "notes", "birthPlace", "nationality",
    "citizenship",
))  # fmt: skip


def party_type(schema: str) -> str | None:
    """Our type of a schema's parties; None for things that only tell of parties."""
    return _TYPES.get(schema)


def list_id_of(datasets: Iterable[Iterable[str]], prefix: str) -> str:
    """The id of the one dataset that every entry is in; a collection of several is `PREFIXcollection`."""
    common: set[str] | None = None
    for names in datasets:
        common = set(names) if common is None else common & set(names)
    slugs = [re.sub(r"[^a-z0-9]+", "-", name.casefold()).strip("-") for name in common or ()]
    return f"{prefix}{slugs[0]}" if len(slugs) == 1 and slugs[0] else f"{prefix}collection"
