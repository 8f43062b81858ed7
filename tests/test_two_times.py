"""Two times: any order of import ends in one register, and what was known stays what was known."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from compliance.audit.chronicle import Chronicle
from compliance.audit.chronicling import write_chronicle
from compliance.audit.lists import list_story
from compliance.snapshots import RegisterStore, read_register, write_register
from compliance.timeline import histories
from events import EventLog
from tests.generated import DAYS, NOON, PERFECT, Entry, Fault, File, World, day, faults, files, meant, told

ALL_DAYS = range(DAYS + 2)


@contextmanager
def world() -> Iterator[World]:
    with TemporaryDirectory() as folder:
        made = World(Path(folder))
        try:
            yield made
        finally:
            made.log.close()


def known(made: World, position: int | None = None) -> list[Any]:
    """Every answer there is: for each day the register, with since and the deciding events."""
    return [[tuple(listing) for listing in made.register(on, position).listings()] for on in ALL_DAYS]


@settings(max_examples=40, deadline=None)
@given(files(), st.randoms(use_true_random=False))
def test_imported_in_any_order_every_day_is_as_the_publications_define_it(published: list[File], random: Any) -> None:
    with world() as made, world() as other:
        for file in random.sample(published, len(published)):
            made.take(file)
        for file in random.sample(published, len(published)):
            other.take(file)
        for on in ALL_DAYS:
            assert told(made.register(on)) == meant(published, on), on
            whole, again = (
                [(found.list_id, found.key, found.since, found.fields) for found in one.register(on).listings()]
                for one in (made, other)
            )
            assert whole == again, on


def test_who_gives_an_own_date_up_and_was_there_before_is_there_since_before() -> None:
    """A date that is told late and belied by earlier files is taken back and given again on one day."""
    undated, dated = (Entry(("list-a",), {"core": "a"}, own) for own in (None, 1))
    first, third = (File(on, ("list-a",), ("core",), {"1": undated}) for on in (0, 2))
    last = File(3, ("list-a",), ("core",), {"1": dated})
    with world() as made:
        for file in (last, third, first):
            made.take(file)
        assert [found.since for found in made.register(3).listings("list-a")] == [day(0)]


def test_a_file_that_held_the_entry_without_a_date_does_not_contradict_the_date(tmp_path: Path) -> None:
    """Canada's list of 2020 has no dates, that of 2025 has one for each entry: in any order the entry began then."""
    held, dated = Entry(("list-a",), {"core": "a"}, None), Entry(("list-a",), {"core": "b"}, 1)
    files_ = [File(on, ("list-a",), ("core",), {"1": entry}) for on, entry in ((5, held), (9, dated))]
    for name, order in (("later first", files_[::-1]), ("earlier first", files_)):
        made = World(tmp_path / name)
        for file in order:
            made.take(file)
        for on, core in ((1, "a"), (4, "a"), (8, "a"), (9, "b")):
            (found,) = made.register(on).listings("list-a")
            assert (found.since, found.fields["core"], found.fields["listed_on"]) == (day(1), core, str(day(1)))
        assert not list(made.register(0).listings("list-a"))
        made.log.close()


def test_a_file_that_lacked_the_entry_contradicts_the_date(tmp_path: Path) -> None:
    """It was not on the list on that day, whatever is said afterwards; a date after that day stands."""
    lacking = File(3, ("list-a",), ("core",), {"2": _entry("x")})
    for own, since in ((1, 5), (3, 5), (4, 4)):
        made = World(tmp_path / str(own))
        for on, entry in ((9, Entry(("list-a",), {"core": "b"}, own)), (5, _entry("a"))):
            made.take(File(on, ("list-a",), ("core",), {"1": entry, "2": _entry("x")}))
        made.take(lacking)
        (found,) = (found for found in made.register(9).listings("list-a") if found.key == "1")
        assert found.since == day(since)
        made.log.close()


def test_an_entry_that_is_dated_later_is_told_as_dated_and_not_as_listed_again(tmp_path: Path) -> None:
    """In the summary of the import as well as in the list's history."""
    made = World(tmp_path)
    made.take(File(5, ("list-a",), ("core",), {"1": _entry("a")}))
    entries = {"1": Entry(("list-a",), {"core": "a"}, 1), "2": Entry(("list-a",), {"core": "a"}, 7)}
    summary = made.take(File(9, ("list-a",), ("core",), entries))
    assert [dict(part.counts) for part in summary.lists] == [{"dated": 1, "listed": 1}]
    size = made.log.head().size
    write_chronicle(made.log, tmp_path, after=0, until=size)
    with Chronicle(tmp_path, made.log, size) as chronicle:
        story = list_story(chronicle, "list-a")
    assert story is not None
    assert [(step.listed, step.delisted) for step in story.publications] == [(1, 0), (1, 0)]
    made.log.close()


@settings(max_examples=25, deadline=None)
@given(files(4), faults(), st.randoms(use_true_random=False))
def test_no_answer_as_known_at_an_earlier_position_ever_changes(
    published: list[File], fault: Fault, random: Any
) -> None:
    """Neither a backfill nor a correction reaches back; a date leads to the same answers as its position."""
    with world() as made:
        kept: list[tuple[int, list[Any]]] = []
        for file in random.sample(published, len(published)):
            made.take(file, random.choice([fault, PERFECT]))
            kept.append((made.log.head().size, known(made)))
        made.reread()
        for position, answers in kept:
            assert known(made, position) == answers
            last = made.log.get(position).recorded_at
            assert made.log.position_at(last + timedelta(hours=1)) == position


@settings(max_examples=40, deadline=None)
@given(files(), faults(), st.randoms(use_true_random=False))
def test_reading_again_ends_where_the_better_reader_would_have_begun(
    published: list[File], fault: Fault, random: Any
) -> None:
    """Some files were read by a faulty reader, some were read again one by one; at the end all are read again."""
    with world() as made:
        for file in random.sample(published, len(published)):
            made.take(file, random.choice([fault, PERFECT]))
            if random.random() < 0.3:
                made.reread(random.choice([fault, PERFECT]), [day(file.on).isoformat()])
        made.reread()
        for on in ALL_DAYS:
            assert told(made.register(on)) == meant(published, on), on
        assert made.reread() == 0, "the second time there is nothing to correct"
        assert made.log.verify().checked == made.log.head().size


@settings(max_examples=40, deadline=None)
@given(files(6), faults(), st.randoms(use_true_random=False))
def test_some_publications_read_again_leave_what_the_others_say(
    published: list[File], fault: Fault, random: Any
) -> None:
    """A reader with a fault for some files: the result is that of importing just these files with it."""
    again = random.sample(published, random.randint(1, len(published)))
    with world() as made, world() as other:
        for file in random.sample(published, len(published)):
            made.take(file)
            other.take(file, fault if file in again else PERFECT)
        made.reread(fault, [day(file.on).isoformat() for file in again])
        for on in ALL_DAYS:
            assert told(made.register(on)) == told(other.register(on)), on


def test_what_an_unchanged_entry_was_read_wrong_in_is_corrected_once(tmp_path: Path) -> None:
    """Not once for each of the publications that hold it."""
    made = World(tmp_path)
    for on in (1, 4, 8):
        made.take(File(on, ("list-a",), ("core",), {"1": _entry("a")}), Fault(shouts="core"))
    size = made.log.head().size
    made.reread()
    assert [(row.type, row.effective, row.payload.get("cause")) for row in made.log.rows(after=size)] == [
        ("ListReread", day(1), None),
        ("Amended", day(1), "corrected"),
    ]
    made.log.close()


def test_what_was_not_read_again_keeps_its_own_reading(tmp_path: Path) -> None:
    """An entry that never changed: two of its three publications are read otherwise now, the third is left."""
    made = World(tmp_path)
    for on in (1, 4, 8):
        made.take(File(on, ("list-a",), ("core",), {"1": _entry("a")}))
    made.reread(Fault(shouts="core"), [day(1).isoformat(), day(4).isoformat()])
    assert [told(made.register(on))["list-a", "1"]["core"] for on in (1, 3, 4, 7, 8, 9)] == [*"AAAA", "a", "a"]
    causes = [row.payload["cause"] for row in made.log.rows(types=["Amended"])]
    assert causes == ["corrected", "restored"]
    made.log.close()


@settings(max_examples=25, deadline=None)
@given(files(), st.randoms(use_true_random=False))
def test_the_register_is_the_same_with_a_snapshot_and_without(published: list[File], random: Any) -> None:
    with world() as made, TemporaryDirectory() as folder:
        for file in random.sample(published, len(published)):
            made.take(file)
        size = made.log.head().size
        for on in ALL_DAYS:
            register = made.register(on)
            (into := Path(folder, str(on))).mkdir()
            write_register(register, into)
            kept = read_register(into, day(on), size)
            assert list(kept.listings()) == list(register.listings())
            assert kept.lists == register.lists
            for list_id in ("list-a", "list-b", "none"):
                for key in ("1", "2", "x", "y"):
                    assert kept.find(list_id, key) == register.find(list_id, key)


@settings(max_examples=25, deadline=None)
@given(files(), faults(), st.randoms(use_true_random=False))
def test_the_register_and_the_history_tell_the_same(published: list[File], fault: Fault, random: Any) -> None:
    """The state that is folded in deciding order, and the whole history looked at on a day."""
    with world() as made:
        for file in random.sample(published, len(published)):
            made.take(file, fault)
        made.reread()
        told_by_all = histories(made.log.rows())
        for on in ALL_DAYS:
            for list_id, history in told_by_all.items():
                listings = made.register(on).listings(list_id)
                states = [
                    (key, state.since, {f: v for f, v in state.fields.items() if v is not None})
                    for key, state in history.at(day(on))
                ]
                assert [(found.key, found.since, found.fields) for found in listings] == states


def test_a_snapshot_answers_for_its_state_of_the_log_only(tmp_path: Path) -> None:
    """What is imported after it is not missed, and the earlier state is still answered."""
    first = File(3, ("list-a",), ("core",), {"1": _entry("a")})
    second = File(5, ("list-a",), ("core",), {"1": _entry("b")})
    made = World(tmp_path)
    opened: list[EventLog] = []
    store = RegisterStore(tmp_path / "cache", lambda: opened.append(made.log) or made.log)
    made.take(first)
    before = made.log.head()
    ask = lambda head: told(store.register(day(9), day=day(5), position=head.size, root=head.root))  # noqa: E731
    assert ask(before) == ask(before) == {("list-a", "1"): {"core": "a"}}
    assert len(opened) == 1, "the second answer does not need the log"
    made.take(second)
    assert ask(made.log.head()) == {("list-a", "1"): {"core": "b"}}
    assert ask(before) == {("list-a", "1"): {"core": "a"}}
    made.log.close()


def test_a_damaged_snapshot_is_noticed_and_made_again(tmp_path: Path) -> None:
    made = World(tmp_path)
    made.take(File(3, ("list-a",), ("core",), {"1": _entry("a")}))
    store, head = RegisterStore(tmp_path / "cache", lambda: made.log), made.log.head()
    ask = lambda: told(store.register(day(9), day=day(3), position=head.size, root=head.root))  # noqa: E731
    expected = ask()
    (file,) = (tmp_path / "cache").glob("*/listings.jsonl")
    sound = file.read_bytes()
    for damage in (sound.replace(b'"a"', b'"b"'), sound[:-4], b""):
        file.write_bytes(damage)
        assert ask() == expected
        assert file.read_bytes() == sound
    for lost in ("listings.jsonl", "register.json", "manifest.json"):
        (file.parent / lost).unlink()
        assert ask() == expected
        assert (file.parent / lost).exists()
    made.log.close()


def test_without_a_cache_folder_the_log_answers(tmp_path: Path) -> None:
    made = World(tmp_path)
    made.take(File(3, ("list-a",), ("core",), {"1": _entry("a")}))
    (tmp_path / "cache").write_text("in the way")
    store, head = RegisterStore(tmp_path / "cache", lambda: made.log), made.log.head()
    found = store.register(day(9), day=day(3), position=head.size, root=head.root)
    assert told(found) == {("list-a", "1"): {"core": "a"}}
    made.log.close()


def test_a_log_is_asked_by_the_day_of_recording(tmp_path: Path) -> None:
    """`known at` a day is the last position recorded by the end of it."""
    made = World(tmp_path)
    for on in (3, 5):
        made.take(File(on, ("list-a",), ("core",), {"1": _entry(str(on))}))
    recorded = [row.recorded_at for row in made.log.rows(types=["ListPublished"])]
    assert recorded[0] > NOON
    positions = [made.log.position_at(datetime.combine(moment, datetime.max.time(), UTC)) for moment in recorded]
    assert [told(made.register(9, position))["list-a", "1"]["core"] for position in positions] == ["3", "5"]
    made.log.close()


def _entry(core: str) -> Any:
    return Entry(("list-a",), {"core": core}, None)
