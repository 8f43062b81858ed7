"""What a listing forbids: from the list and the publisher's own facts to measures, each with its rule.

A listing is not a ban by itself, and the programme tag alone does not decide: the same tag means blocking on
the SDN list and a sectoral measure on the SSI list. What no rule here knows becomes `unknown`, to be reviewed,
never "no measure". This states what lists say and cites the rule; it is no legal advice.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date, timedelta

from compliance.list_measures import BY_LIST, WORDS
from compliance.model import Measure, MeasureKind

NS_CMIC_RULE = "EO 13959 as amended by EO 14032; 31 CFR part 586; OFAC FAQ 1046, 857"
SSI_RULE = "EO 13662 directives; OFAC FAQ 370, 371, 373"
EO14024_RULE = "EO 14024 directives; OFAC FAQ 969, 970"
_DIRECTIVE_13662 = re.compile(
    r"(?:Executive Order 13662 Directive Determination\W+Subject to|13662 Sectoral) Directive (\d)"
)
_DIRECTIVE_14024 = re.compile(
    r"\(EO 14024 Directive (\w+)\)|Executive Order 14024 Directive Information\W+Subject to Directive (\w+)"
    r"|^Executive Order 14024 Directive (1a|[2-4])$"
)
_BY_14024 = {
    "1a": MeasureKind.debt_equity,
    "3": MeasureKind.debt_equity,
    "2": MeasureKind.correspondent_account,
    "4": MeasureKind.menu_based,
}
# The programmes of NS-MBS in the files of 2020 to 2025, and those whose orders provide for it.
_MENU_TAGS = (
    "CAATSA", "RUSSIA-EO14024", "BURMA-EO14014", "ILLICIT-DRUGS-EO14059", "BELARUS-EO14038", "ETHIOPIA-EO14046",
)  # fmt: skip
_BY_LIST: dict[str, tuple[MeasureKind, str]] = {
    **BY_LIST,
    "us-ofac-sdn": (MeasureKind.blocking, "IEEPA and the programme's regulations, 31 CFR chapter V"),
    "us-ofac-13599": (MeasureKind.blocking, "EO 13599; 31 CFR part 560"),
    "us-ofac-plc": (MeasureKind.reject, "31 CFR parts 594, 595, 597; General License 4(b)"),
    "us-ofac-fse": (MeasureKind.sanctions_evader, "EO 13608"),
    "us-ofac-capta": (
        MeasureKind.correspondent_account,
        "CAPTA list; the entry's own text says what is prohibited",
    ),
    "us-ofac-mbs": (
        MeasureKind.menu_based,
        "Non-SDN Menu-Based Sanctions; the entry's own text says what is prohibited",
    ),
}


def measures_of(
    list_id: str, programmes: Sequence[str], directives: Sequence[str], dates: Mapping[str, date]
) -> tuple[Measure, ...]:
    """The measures that a list's entry carries, from its programme tags, directive texts and labelled dates."""
    if list_id == "us-ofac-cmic":
        return (_securities(dates),)
    if list_id == "us-ofac-ssi":
        found = sectoral(directives)
        return found or (Measure(kind=MeasureKind.unknown, basis=" ".join(programmes), rule=SSI_RULE),)
    of_list = _of_list(list_id, programmes)
    if list_id == "us-ofac-sdn":  # blocking prevails; the directives that the entry names are told beside it
        return (of_list, *sectoral(directives), *_eo14024(directives, dates))
    found = _eo14024(directives, dates) if list_id in ("us-ofac-mbs", "us-ofac-capta") else ()
    return found or (of_list,)


def _of_list(list_id: str, programmes: Sequence[str]) -> Measure:
    """What being on the list forbids. A row of the consolidated file whose tags nobody knows is of an unknown list."""
    unknown = MeasureKind.unknown, "no rule known: review the entry"
    kind, rule = _BY_LIST.get(list_id, unknown)
    if list_id == "us-ofac-mbs" and not any(tag.startswith(_MENU_TAGS) for tag in programmes):
        kind, rule = unknown
    return Measure(kind=kind, basis=", ".join(programmes) or "being on the list", rule=rule)


def _securities(dates: Mapping[str, date]) -> Measure:
    return Measure(
        kind=MeasureKind.securities,
        basis="CMIC-EO13959",
        effective=dates.get("Effective Date (CMIC)"),
        divest_by=dates.get("Purchase/Sales For Divestment Date (CMIC)"),
        rule=NS_CMIC_RULE,
    )


def sectoral(directives: Sequence[str]) -> tuple[Measure, ...]:
    """The measures of the directives under Executive Order 13662 that these texts name."""
    numbers = sorted({match for text in directives for match in _DIRECTIVE_13662.findall(text)})
    return tuple(
        Measure(
            kind=MeasureKind.oil_projects if number == "4" else MeasureKind.debt_equity,
            basis=f"EO 13662 Directive {number}",
            rule=SSI_RULE,
        )
        for number in numbers
    )


def _eo14024(directives: Sequence[str], dates: Mapping[str, date]) -> tuple[Measure, ...]:
    texts = [*directives, *dates]
    numbers = sorted({"".join(found) for text in texts for found in _DIRECTIVE_14024.findall(text)})
    return tuple(
        Measure(
            kind=_BY_14024.get(number, MeasureKind.menu_based),
            basis=f"EO 14024 Directive {number}",
            effective=dates.get(f"Effective Date (EO 14024 Directive {number})"),
            rule=EO14024_RULE,
        )
        for number in numbers
    )


# What the measure means for companies that the party owns: the rules differ, and a hit must not suggest another's.
_OWNED = {
    MeasureKind.blocking: "companies owned 50 % or more by blocked persons are blocked too (OFAC FAQ 401)",
    MeasureKind.securities: "companies that it owns are covered only when listed themselves (OFAC FAQ 857)",
    MeasureKind.debt_equity: "debt and equity of companies owned 50 % or more are covered too (OFAC FAQ 373)",
    MeasureKind.oil_projects: "companies that it owns may be covered too: read the directive",
    MeasureKind.correspondent_account: "foreign banks owned 50 % or more may be covered too (OFAC FAQ 969)",
    MeasureKind.asset_freeze: "companies that it owns or controls are frozen too, by each regime's own test",
    MeasureKind.export_licence: "companies owned 50 % or more need a licence too while BIS's Affiliates Rule holds",
    MeasureKind.procurement: "companies that it controls are excluded too (NDAA FY2024 sec. 805)",
}

_WORDS = {
    **WORDS,
    MeasureKind.blocking: "all dealings forbidden; property is blocked",
    MeasureKind.reject: "transactions are rejected, property is not blocked",
    MeasureKind.debt_equity: "dealings in new debt or new equity forbidden, as the directive says",
    MeasureKind.oil_projects: "support for deepwater, Arctic offshore and shale oil projects forbidden",
    MeasureKind.correspondent_account: "US correspondent or payable-through accounts forbidden or restricted",
    MeasureKind.menu_based: "forbidden is what the entry's own text says; it is not a full block",
    MeasureKind.sanctions_evader: "transactions with US persons or in the US forbidden",
    MeasureKind.unknown: "measure unknown: review the entry before dealing",
}


def in_words(measure: Measure) -> str:
    """One line for an analyst: what the measure forbids, and from when.

    For NS-CMIC the prohibition begins on the effective date (inclusive) and the wind-down ends before the
    divestment date; holding is never forbidden (OFAC FAQ 1046).
    """
    if measure.kind is not MeasureKind.securities:
        start = f" from {measure.effective}" if measure.effective else ""
        return f"{_WORDS[measure.kind]}{start}"
    if measure.effective is None or measure.divest_by is None:
        return "purchase and sale of its securities forbidden; its dates are not in the file; holding not forbidden"
    ban = f"purchase and sale of its securities forbidden from {measure.effective}"
    last = measure.divest_by - timedelta(days=1)
    divest = f"sale solely to divest permitted until {measure.divest_by} (last day {last})"
    return f"{ban}; {divest}; holding not forbidden"


def ownership_in_words(measures: Sequence[Measure]) -> str | None:
    """One line on the companies that a party with these measures owns; None where no rule looks at them.

    Lists do not carry such companies, and nobody has told this program who owns what.
    """
    kinds = [measure.kind for measure in measures if measure.kind in _OWNED]
    told = [*dict.fromkeys(_OWNED[kind] for kind in kinds)]
    if set(kinds) - {MeasureKind.securities}:
        told.append("who owns what is not known here")
    return "; ".join(told) or None


def securities_state(measure: Measure, on: date) -> str | None:
    """`announced`, `divest-only` or `hold-only` for a securities measure on a day; None for other measures."""
    if measure.kind is not MeasureKind.securities or measure.effective is None or measure.divest_by is None:
        return None
    if on < measure.effective:
        return "announced"
    return "divest-only" if on < measure.divest_by else "hold-only"
