"""The chronicle tells the same as the log, however the log grew, and whatever happened to the cache."""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from compliance.audit.chronicle import FILE, Chronicle
from compliance.audit.chronicling import Chronicles, write_chronicle
from compliance.audit.lists import list_story
from compliance.audit.naming import periods_of
from compliance.timeline import histories
from tests.generated import DAYS, KEYS, LISTS, PERFECT, Fault, File, World, day, faults, files

ALL_DAYS = range(DAYS + 2)


@contextmanager
def world() -> Iterator[tuple[World, Path]]:
    with TemporaryDirectory() as folder:
        made = World(Path(folder))
        try:
            yield made, Path(folder, "cache")
        finally:
            made.log.close()


def chronicle(made: World, cache: Path, until: int | None = None) -> Chronicle:
    head = made.log.head()
    return Chronicle(Chronicles(cache, lambda: made.log).folder(head.size, head.root), made.log, until or head.size)


def rows(folder: Path) -> dict[str, list[Any]]:
    """All that a chronicle holds, its own numbers replaced by what they stand for."""
    queries = {
        "said": "SELECT * FROM said ORDER BY position",
        "tally": "SELECT list, digest, cause, events FROM tally JOIN publication ON id = publication ORDER BY 1, 2, 3",
        "mention": "SELECT list, key, effective, position, present, cause, digest FROM mention"
        " JOIN party ON party.id = party JOIN publication ON publication.id = publication ORDER BY position",
    }
    with closing(sqlite3.connect(folder / FILE)) as connection:
        return {name: connection.execute(query).fetchall() for name, query in queries.items()}


def on_it(found: Chronicle, list_id: str, key: str) -> set[int]:
    """The days on which a party is on a list, by the chronicle."""
    party = found.party(list_id, key)
    periods = list(periods_of(found.mentions(party))) if party else []
    return {n for n in ALL_DAYS if any(first <= day(n) and (not last or day(n) <= last) for first, last in periods)}


@settings(max_examples=8, deadline=None)
@given(files(3), faults(), st.randoms(use_true_random=False))
def test_it_agrees_with_the_registers_of_every_day_as_known_at_every_position(
    published: list[File], fault: Fault, random: Any
) -> None:
    """Backfills, own dates and corrections included; brought up to date step by step, or written at once."""
    with world() as (made, cache):
        for file in random.sample(published, len(published)):
            made.take(file, random.choice([fault, PERFECT]))
            chronicle(made, cache).close()
        made.reread()
        ends = {made.log.whole_until(n) for n in range(1, made.log.head().size + 1)} - {0}
        for position in ends:
            with chronicle(made, cache, position) as found:
                registers = {n: {x[:2] for x in made.register(n, position).listings()} for n in ALL_DAYS}
                for list_id, key in ((a, b) for a in LISTS for b in KEYS):
                    expected = {n for n, held in registers.items() if (list_id, key) in held}
                    assert on_it(found, list_id, key) == expected, (position, list_id, key)
        once = cache / "once"
        once.mkdir()
        write_chronicle(made.log, once, after=0, until=made.log.head().size)
        head = made.log.head()
        assert rows(once) == rows(Chronicles(cache, lambda: made.log).folder(head.size, head.root))


@settings(max_examples=15, deadline=None)
@given(files(5), faults(), st.randoms(use_true_random=False))
def test_a_lists_story_counts_what_a_fold_of_its_events_counts(
    published: list[File], fault: Fault, random: Any
) -> None:
    with world() as (made, cache):
        for file in random.sample(published, len(published)):
            made.take(file, random.choice([fault, PERFECT]))
        made.reread()
        for list_id, history in histories(made.log.rows()).items():
            expected: Counter[tuple[str, str]] = Counter()
            for party in history.parties.values():
                for change in party.changes:
                    if change.cause == "corrected":
                        expected[change.publication, "corrected"] += 1
                    elif change.cause != "restored" and change.present is None:
                        expected[change.publication, "amended"] += 1
                before = False
                for record in history.publications:
                    now = party.at(record.published).present
                    if now != before:
                        expected[record.publication, "listed" if now else "delisted"] += 1
                    before = now
            with chronicle(made, cache) as found:
                story = list_story(found, list_id, entries=True)
            assert story is not None
            for step in story.publications:
                for what in ("listed", "amended", "delisted", "corrected"):
                    assert getattr(step, what) == expected[step.publication, what], (list_id, what)
                kinds = ("listed", "amended", "delisted", "corrected")
                told = Counter(part.what for part in step.changed or ())
                assert told == Counter({kind: n for kind in kinds if (n := getattr(step, kind))})
            months = [(m.listed, m.delisted, m.entries) for m in story.months]
            assert story.at_first + sum(came - left for came, left, _ in months) == months[-1][2]
            last = max(on for on in ALL_DAYS)
            assert months[-1][2] == len(list(made.register(last).listings(list_id)))


@settings(max_examples=5, deadline=None)
@given(files(3))
def test_a_chronicle_of_another_log_or_a_damaged_one_is_not_gone_on_with(published: list[File]) -> None:
    with world() as (made, cache), world() as (other, _):
        for file in published:
            made.take(file)
            other.take(file, Fault(shouts="core"))
        chronicle(made, cache).close()
        chronicle(other, cache).close()
        head = other.log.head()
        folder = Chronicles(cache, lambda: other.log).folder(head.size, head.root)
        assert {row[:4] for row in rows(folder)["said"]} == {
            (e.position, e.type, e.effective.toordinal(), row[3])
            for e, row in zip(other.log.rows(types=["ListPublished"]), rows(folder)["said"], strict=True)
        }
        (folder / FILE).write_bytes(b"no database")
        again = Chronicles(cache, lambda: other.log).folder(head.size, head.root)
        with Chronicle(again, other.log, head.size) as found:
            assert found.lists() == sorted(histories(other.log.rows()))
