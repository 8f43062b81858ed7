"""`Compliance` from Python: what README shows, and what a program relies on."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

import compliance as package
from compliance import Answer, Compliance, ComplianceError, Outcome, Subject
from compliance.errors import BadInput, CannotSay

SENSETIME = "SenseTime Group Limited"
NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)


def test_every_name_that_the_package_promises_is_there_and_no_other() -> None:
    for name in package.__all__:
        assert getattr(package, name) is not None
    with pytest.raises(AttributeError, match="no attribute 'Complience'"):
        package.Complience  # noqa: B018


def test_an_answer_has_its_outcome_hits_reason_and_basis(library: Compliance) -> None:
    answer = library.screen(SENSETIME, as_of=date(2022, 1, 5))
    assert isinstance(answer, Answer)
    assert answer.outcome is Outcome.hits
    hit = answer.hits[0]
    assert (hit.entry.id, hit.state) == ("us-ofac-cmic/33114", "announced")
    assert hit.reason.summary
    assert (answer.as_of, answer.position) == (date(2022, 1, 5), 71)


def test_a_new_log_holds_the_68_companies_of_the_bundled_list_and_when_each_was_listed(library: Compliance) -> None:
    """59 of 2021-06-03, SenseTime of 2021-12-10, eight of 2021-12-16."""
    counts = {
        day: library.register(day).lists["us-ofac-cmic"].entries
        for day in (date(2021, 6, 3), date(2021, 12, 9), date(2021, 12, 10), date(2021, 12, 15), date(2021, 12, 16))
    }
    assert list(counts.values()) == [59, 59, 60, 60, 68]


def test_without_the_bundled_list_a_new_log_is_empty_and_says_nothing(home: Path) -> None:
    with Compliance.open(clock=lambda: NOW, bundled=False) as empty:
        assert empty.log.head().size == 0
        with pytest.raises(CannotSay, match="no list is loaded"):
            empty.screen(SENSETIME)


def test_one_screener_answers_many_and_each_as_if_it_were_alone(library: Compliance) -> None:
    screener = library.screener(as_of=date(2022, 1, 5))
    together = [screener.screen(Subject(name)) for name in (SENSETIME, "Blue Heron", SENSETIME)]
    assert together[0] == together[2] == library.screen(SENSETIME, as_of=date(2022, 1, 5))


def test_options_and_subject_are_keywords(library: Compliance) -> None:
    answer = library.screen(
        "Blue Heron", as_of=date(2022, 1, 5), lists=["us-ofac-cmic"], threshold=90, limit=1,
        identifiers=[("registration", "216 2198")], countries=["HK"],
    )  # fmt: skip
    assert [hit.reason.by for hit in answer.hits] == ["identifier"]
    assert answer.threshold == 90


def test_errors_are_of_one_family_and_carry_the_exit_status(library: Compliance) -> None:
    with pytest.raises(ComplianceError) as unknown:
        library.screen(SENSETIME, lists=["nowhere"])
    assert unknown.value.exit_status == 2
    with pytest.raises(BadInput, match="no letter or digit"):
        library.screen("…")


def test_what_another_process_imports_is_seen_at_the_next_question(
    library: Compliance, sdn: Callable[..., Path]
) -> None:
    assert library.screen("Quicksilver Harbour", as_of=date(2024, 1, 3)).outcome is Outcome.cannot_say
    with Compliance.open(clock=lambda: NOW) as other:
        list(other.import_files([sdn("2024-01-02", {"1": "QUICKSILVER HARBOUR"})]))
    assert library.screen("Quicksilver Harbour", as_of=date(2024, 1, 3)).outcome is Outcome.hits


def test_a_relative_address_and_a_log_elsewhere_keep_their_originals_beside_them(
    home: Path, sdn: Callable[..., Path]
) -> None:
    with Compliance.open("sqlite:///mine.db", clock=lambda: NOW, bundled=False) as mine:
        list(mine.import_files([sdn("2024-01-02", [1])]))
    assert sorted(path.name for path in (home / "work").iterdir()) == ["archive", "mine.db"]
    assert not (home / "data").exists()


def test_a_stopped_first_process_does_not_leave_half_a_bundled_list(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from compliance import bundled

    def first_only() -> object:
        yield next(whole())
        raise KeyboardInterrupt

    whole = bundled.bundled_files
    monkeypatch.setattr(bundled, "bundled_files", first_only)
    with Compliance.open(clock=lambda: NOW) as stopped, pytest.raises(KeyboardInterrupt):
        stopped.screen(SENSETIME)
    monkeypatch.setattr(bundled, "bundled_files", whole)
    with Compliance.open(clock=lambda: NOW) as again:
        assert again.screen(SENSETIME).position == 71
