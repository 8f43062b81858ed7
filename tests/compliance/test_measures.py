"""What a listing forbids follows from list, programme and directive; what no rule knows is unknown, never nothing."""

from __future__ import annotations

from datetime import date

import pytest

from compliance.measures import measures_of, ownership_in_words
from compliance.model import Measure, MeasureKind

DIRECTIVE_1 = "Executive Order 13662 Directive Determination - Subject to Directive 1"


def kinds(list_id: str, programmes: tuple[str, ...], directives: tuple[str, ...] = ()) -> list[str]:
    return [measure.kind.value for measure in measures_of(list_id, programmes, directives, {})]


def test_the_same_tag_means_another_thing_on_another_list() -> None:
    assert kinds("us-ofac-sdn", ("UKRAINE-EO13662",)) == ["blocking"]
    assert kinds("us-ofac-ssi", ("UKRAINE-EO13662",), (DIRECTIVE_1,)) == ["debt-equity"]
    assert kinds("us-ofac-ssi", ("UKRAINE-EO13662",)) == ["unknown"], "which directive is not said"


def test_blocking_prevails_and_the_directives_that_an_sdn_names_are_told_beside_it() -> None:
    dates = {"Effective Date (EO 14024 Directive 2)": date(2022, 3, 26)}
    found = measures_of("us-ofac-sdn", ("RUSSIA-EO14024",), (DIRECTIVE_1,), dates)
    assert [(m.kind.value, m.effective) for m in found] == [
        ("blocking", None),
        ("debt-equity", None),
        ("correspondent-account", date(2022, 3, 26)),
    ]


@pytest.mark.parametrize("tag", ["CAATSA - RUSSIA", "BURMA-EO14014", "ILLICIT-DRUGS-EO14059", "RUSSIA-EO14024"])
def test_the_programmes_of_the_menu_based_list_are_known(tag: str) -> None:
    assert kinds("us-ofac-mbs", (tag,)) == ["menu-based"]


def test_a_programme_that_nobody_knows_is_not_taken_for_a_menu() -> None:
    """A new list in the consolidated file would come with a tag of its own: it may be a full block."""
    assert kinds("us-ofac-mbs", ("MOON-EO99999",)) == ["unknown"]
    assert kinds("us-new-list", ("X",)) == ["unknown"]


def test_the_fifty_per_cent_rule_is_said_of_blocking_and_denied_of_ns_cmic() -> None:
    def owned(*found: MeasureKind) -> str | None:
        return ownership_in_words([Measure(kind=kind, basis="x") for kind in found])

    blocking, securities = owned(MeasureKind.blocking), owned(MeasureKind.securities)
    assert blocking is not None
    assert securities is not None
    assert "50 %" in blocking
    assert "not known here" in blocking
    assert "50 %" not in securities
    assert "not known here" not in securities, "it need not be known"
    assert "only when listed themselves" in securities
    assert owned(MeasureKind.reject) is None, "no rule looks at owners"
    both = owned(MeasureKind.blocking, MeasureKind.blocking, MeasureKind.debt_equity)
    assert both is not None
    assert both.count("blocked too") == 1
    assert "FAQ 373" in both
