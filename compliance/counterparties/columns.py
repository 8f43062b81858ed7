"""Which columns hold what: found by their usual headings, or given."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence

from compliance.counterparties.values import Columns, Given
from compliance.errors import BadInput

# In this order: the first that a header has is the party's name. The Chinese ones: name of company, firm, customer,
# counterparty; name; a person's name.
NAMES = (
    "name", "counterparty", "counterparty name", "company", "company name", "entity", "entity name", "party",
    "party name", "customer", "customer name", "client", "client name", "legal name", "legal entity name", "full name",
    "account name", "beneficiary", "beneficiary name", "security", "security name", "issuer", "issuer name", "vendor",
    "vendor name", "supplier", "supplier name", "vessel name",
    "公司名称", "企业名称", "客户名称", "交易对手", "名称", "姓名",
)  # fmt: skip
# Each of these is another name of the same party.
OTHER_NAMES = frozenset(
    [
        "alias", "aliases", "aka", "a k a", "also known as", "other name", "other names", "former name", "former names",
        "previous name", "trading name", "trade name", "trading as", "dba", "doing business as", "native name",
        "local name", "original name", "english name", "chinese name", "name english", "name chinese", "name local",
        "英文名称", "中文名称", "曾用名", "别名",
    ]
)  # fmt: skip
_IDS = (
    "id", "counterparty id", "customer id", "client id", "party id", "entity id", "vendor id", "supplier id",
    "customer number", "client number", "account", "account id", "account number", "reference", "ref", "record id",
    "key", "客户编号", "编号",
)  # fmt: skip
_COUNTRIES = frozenset(
    [
        "country", "country code", "country iso", "iso country", "country name", "country of incorporation",
        "incorporation country", "country of registration", "country of residence", "residence country", "jurisdiction",
        "domicile", "country of domicile", "nationality", "nationalities", "citizenship", "flag", "国家", "国籍",
    ]
)  # fmt: skip
# Kinds as the lists have them (docs/formats.md).
_IDENTIFIERS = {
    "lei": "lei", "lei code": "lei", "legal entity identifier": "lei",
    "isin": "isin", "isin code": "isin",
    "ticker": "ticker", "ticker symbol": "ticker", "equity ticker": "ticker",
    "bic": "bic", "bic code": "bic", "swift": "bic", "swift code": "bic", "swift bic": "bic", "bic swift": "bic",
    "registration number": "registration", "registration no": "registration", "registration": "registration",
    "company number": "registration", "company registration number": "registration", "reg no": "registration",
    "uscc": "uscc", "unified social credit code": "uscc", "统一社会信用代码": "uscc",
    "tax id": "tax-id", "tax number": "tax-id", "vat number": "tax-id", "inn": "tax-id",
    "imo": "imo", "imo number": "imo", "imo no": "imo", "mmsi": "mmsi",
    "passport": "passport", "passport number": "passport", "passport no": "passport",
    "national id": "national-id", "national id number": "national-id",
    "wallet": "wallet", "wallet address": "wallet", "crypto address": "wallet",
    "duns": "duns", "duns number": "duns", "d u n s number": "duns",
}  # fmt: skip
_BORN = frozenset(["date of birth", "dob", "birth date", "birthdate", "born", "birthday", "year of birth", "出生日期"])
_TYPES = frozenset(["party type", "entity type", "customer type", "client type", "counterparty type", "type"])
_SEPARATORS = re.compile(r"[\s_./\\()-]+")


def columns_of(header: Sequence[str], given: Given, where: str) -> Columns:
    """The columns to use of a header. Raises BadInput when there is no name to be found, or a column is not there."""
    for heading, option in _options(given):
        if heading not in header:
            raise BadInput(f"{where}: there is no column {heading!r} for {option}; {_choices(header)}")
    found = _found(header)
    columns = found.model_copy(
        update={key: value for key in Columns.model_fields if (value := getattr(given, key)) not in (None, ())}
    )
    if not columns.names and not columns.identifiers:
        raise BadInput(f"{where}: no column is known to hold names; give it with --name-column; {_choices(header)}")
    counts = Counter(header)
    twice = [heading for heading in columns.used() if counts[heading] > 1]
    if twice:
        raise BadInput(f"{where}: column {twice[0]!r} stands in the header more than once; rename one of them")
    return columns


def in_words(columns: Columns) -> str:
    """The mapping for people: `name 'company', country 'domicile'`."""
    parts = [("name", heading) for heading in columns.names]
    parts += [("id", columns.id)] if columns.id else []
    parts += [("country", heading) for heading in columns.countries]
    parts += list(columns.identifiers)
    parts += [("date of birth", columns.born)] if columns.born else []
    parts += [("type", columns.party_type)] if columns.party_type else []
    return ", ".join(f"{use} {heading!r}" for use, heading in parts)


def names_left(header: Sequence[str], columns: Columns) -> list[str]:
    """The headings that usually hold a party's name and are not used."""
    return [each for each in header if _plain(each) in NAMES and each not in columns.used()]


def _plain(heading: str) -> str:
    return _SEPARATORS.sub(" ", heading.casefold()).strip()


def _found(header: Sequence[str]) -> Columns:
    usual = [(_plain(heading), heading) for heading in header]
    first = dict(reversed(usual))
    name = next((first[plain] for plain in NAMES if plain in first), None)
    return Columns(
        names=((name,) if name else ()) + tuple(heading for plain, heading in usual if plain in OTHER_NAMES),
        id=next((first[plain] for plain in _IDS if plain in first), None),
        countries=tuple(heading for plain, heading in usual if plain in _COUNTRIES),
        identifiers=tuple((_IDENTIFIERS[plain], heading) for plain, heading in usual if plain in _IDENTIFIERS),
        born=next((heading for plain, heading in usual if plain in _BORN), None),
        party_type=next((heading for plain, heading in usual if plain in _TYPES), None),
    )


def _options(given: Given) -> Iterator[tuple[str, str]]:
    yield from ((heading, "--name-column") for heading in given.names)
    yield from ((heading, "--country-column") for heading in given.countries)
    yield from ((heading, "--identifier-column") for _, heading in given.identifiers)
    for heading, option in (
        (given.id, "--id-column"), (given.born, "--born-column"), (given.party_type, "--type-column"),
    ):  # fmt: skip
        if heading is not None:
            yield heading, option


def _choices(header: Sequence[str]) -> str:
    return "the header has: " + ", ".join(repr(heading) for heading in header[:20])
