"""A publication comes in as the events that are still missing, or not at all."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from hashlib import sha256
from itertools import pairwise
from pathlib import Path

import pytest

from compliance import Compliance
from compliance.archive import Archive
from compliance.errors import BadInput, CannotSay, DamagedFile, ImportRefused, UnknownFormat
from compliance.importing import Importer, ImportSummary
from compliance.model import Publication, SourceFile, Statement

SDN = "us-ofac-sdn"
Folder = Callable[..., Path]


def take(library: Compliance, *paths: Path, **options: object) -> list[ImportSummary]:
    return list(library.import_files(paths, **options))  # type: ignore[arg-type]


def present(library: Compliance, day: date, list_id: str = SDN) -> list[str]:
    return [listing.key for listing in library.register(day).listings(list_id)]


class TestDifferences:
    def test_a_first_publication_lists_everyone_and_opens_with_what_was_published(
        self, library: Compliance, sdn: Folder
    ) -> None:
        before = library.log.head().size
        (summary,) = take(library, sdn("2024-01-02", {"7": "SEVEN", "9": "NINE"}))
        events = list(library.log.read(after=before))
        assert [(e.type, e.payload.get("key")) for e in events] == [
            ("ListPublished", None), ("Listed", "7"), ("Listed", "9"),
        ]  # fmt: skip
        assert {e.effective for e in events} == {date(2024, 1, 2)}
        assert {e.actor for e in events} == {"tester"}
        assert (summary.appended, summary.lists[0].counts) == (3, {"listed": 2})

    def test_the_next_one_brings_only_what_changed(self, library: Compliance, sdn: Folder) -> None:
        take(library, sdn("2024-01-02", {"7": "SEVEN", "8": "EIGHT", "9": "NINE"}))
        before = library.log.head().size
        (summary,) = take(library, sdn("2024-02-02", {"7": "SEVEN", "9": "NINETY", "10": "TEN"}))
        changed = {e.payload["key"]: e for e in library.log.read(after=before + 1)}
        assert {key: e.type for key, e in changed.items()} == {"8": "Delisted", "9": "Amended", "10": "Listed"}
        assert changed["9"].payload["fields"]["name"] == "NINETY"
        assert summary.lists[0].counts == {"listed": 1, "amended": 1, "delisted": 1}

    def test_each_list_of_a_file_is_one_atomic_append(
        self, library: Compliance, fixtures: Path, tmp_path: Path
    ) -> None:
        """Events that were recorded together share the moment and follow each other."""
        with Compliance.open(f"sqlite:///{tmp_path}/other.db", clock=library.clock, bundled=False) as empty:
            (summary,) = take(empty, fixtures / "ofac-consolidated" / "2024-02-01")
            runs = [e.stream for e in empty.log.read()]
            assert sum(a != b for a, b in pairwise(runs)) == len(summary.lists) - 1
            ends = {empty.log.whole_until(position) for position in range(1, len(runs) + 1)} - {0}
            assert len(ends) == len(summary.lists)

    def test_aliases_that_come_in_later_for_the_same_day_are_added(self, library: Compliance, sdn: Folder) -> None:
        take(library, sdn("2024-01-02", {"7": "SEVEN"}))
        take(library, sdn("2024-01-02", {"7": "SEVEN"}, alt='7,1,"aka","SEPTEM",-0- \r\n'))
        listing = library.register(date(2024, 1, 2)).find(SDN, "7")
        assert listing is not None
        assert [name.text for name in listing.entry().names] == ["SEVEN", "SEPTEM"]

    def test_a_file_without_aliases_leaves_the_known_ones(self, library: Compliance, sdn: Folder) -> None:
        take(library, sdn("2024-01-02", {"7": "SEVEN"}, alt='7,1,"aka","SEPTEM",-0- \r\n'))
        take(library, sdn("2024-02-02", {"7": "SEVEN"}))
        listing = library.register(date(2024, 2, 2)).find(SDN, "7")
        assert listing is not None
        assert [name.text for name in listing.entry().names] == ["SEVEN", "SEPTEM"]

    def test_a_publication_filled_in_behind_changes_no_later_answer(self, library: Compliance, sdn: Folder) -> None:
        take(library, sdn("2024-01-02", [1, 2]), sdn("2024-03-02", [1, 2]))
        take(library, sdn("2024-02-02", [1, 2, 3]))
        days = [date(2024, month, 5) for month in (1, 2, 3)]
        assert [present(library, day) for day in days] == [["1", "2"], ["1", "2", "3"], ["1", "2"]]

    def test_only_the_named_lists_are_taken(self, tmp_path: Path, library: Compliance, fixtures: Path) -> None:
        with Compliance.open(f"sqlite:///{tmp_path}/other.db", clock=library.clock, bundled=False) as empty:
            (summary,) = take(empty, fixtures / "ofac-consolidated" / "2024-02-01", lists=["us-ofac-plc"])
            assert [part.list_id for part in summary.lists] == ["us-ofac-plc"]
            assert empty.log.streams() == ["list/us-ofac-plc"]

    def test_a_list_of_the_file_that_has_nobody_on_it_is_complete_and_empty(
        self, tmp_path: Path, library: Compliance, fixtures: Path
    ) -> None:
        with Compliance.open(f"sqlite:///{tmp_path}/other.db", clock=library.clock, bundled=False) as empty:
            take(empty, fixtures / "ofac-consolidated" / "2024-02-01", lists=["us-ofac-fse"])
            state = empty.register(date(2024, 2, 1)).lists["us-ofac-fse"]
            assert (state.entries, state.coverage) == (0, "complete")


class TestProvenance:
    def test_the_record_names_the_bytes_and_the_archive_gives_them_back(self, library: Compliance, sdn: Folder) -> None:
        data = (sdn("2024-01-02", [1]) / "sdn.csv").read_bytes()
        before = library.log.head().size
        take(library, sdn("2024-01-02", [1]))
        payload = library.log.get(before + 1).payload
        assert payload["files"] == [{"name": "sdn.csv", "sha256": sha256(data).hexdigest(), "size": len(data)}]
        assert (payload["date_source"], payload["format"]) == ("folder name", "ofac-delimited")
        assert Archive(library.settings.archive).get(payload["files"][0]["sha256"]) == data

    def test_every_event_of_an_entry_leads_to_its_publication(self, library: Compliance, sdn: Folder) -> None:
        before = library.log.head().size
        (summary,) = take(library, sdn("2024-01-02", [1, 2]))
        assert {e.payload["publication"] for e in library.log.read(after=before)} == {summary.identity}

    def test_an_original_that_was_changed_is_not_given_out(self, library: Compliance, sdn: Folder) -> None:
        archive = Archive(library.settings.archive)
        digest = archive.put(b"as it was")
        other = archive.path(archive.put(b"as it is now")).read_bytes()
        archive.path(digest).write_bytes(other)
        with pytest.raises(CannotSay, match="was changed"):
            archive.get(digest)

    def test_an_archive_that_cannot_be_written_stops_the_import_before_the_log(
        self, library: Compliance, sdn: Folder
    ) -> None:
        before = library.log.head().size
        folder = library.settings.archive
        for inside in sorted(folder.rglob("*"), reverse=True):
            inside.unlink() if inside.is_file() else inside.rmdir()
        folder.rmdir()
        folder.write_text("a file where the archive should be")
        with pytest.raises(BadInput, match="cannot be written"):
            take(library, sdn("2024-01-02", [1]))
        assert library.log.head().size == before


class TestIdempotence:
    def test_the_same_bytes_twice_append_nothing_and_say_so(self, library: Compliance, sdn: Folder) -> None:
        folder = sdn("2024-01-02", [1, 2])
        take(library, folder)
        before = library.log.head()
        (again,) = take(library, folder)
        assert (again.already, again.appended) == (True, 0)
        assert library.log.head() == before

    def test_the_same_bytes_under_other_names_are_the_same_publication(self, library: Compliance, sdn: Folder) -> None:
        folder = sdn("2024-01-02", [1, 2])
        take(library, folder)
        (folder / "sdn.csv").rename(folder / "list of the day.csv")
        (again,) = take(library, folder)
        assert again.already

    def test_what_was_imported_before_is_nothing_to_do_whatever_came_after_it(
        self, library: Compliance, sdn: Folder
    ) -> None:
        first = sdn("2024-01-02", range(1, 101))
        take(library, first)
        take(library, sdn("2024-02-02", range(50, 101)), accept_removals=True)
        (again,) = take(library, first)
        assert again.already

    def test_what_was_imported_in_part_is_completed(self, library: Compliance, fixtures: Path, tmp_path: Path) -> None:
        folder = fixtures / "ofac-consolidated" / "2024-02-01"
        with Compliance.open(f"sqlite:///{tmp_path}/other.db", clock=library.clock, bundled=False) as empty:
            take(empty, folder, lists=["us-ofac-ssi"])
            (whole,) = take(empty, folder)
            assert {part.list_id: part.already for part in whole.lists}["us-ofac-ssi"]
            assert len(empty.log.streams()) == len(whole.lists)


class TestRefusals:
    """Refused whole: one error, nothing appended, the archive and the log as they were."""

    @pytest.fixture(autouse=True)
    def _nothing_is_appended(self, library: Compliance, sdn: Folder) -> object:
        take(library, sdn("2024-01-02", range(1, 101)))
        before = library.log.head()
        yield
        assert library.log.head() == before

    def test_a_file_cut_between_two_lines(self, library: Compliance, sdn: Folder) -> None:
        file = sdn("2024-02-02", range(1, 101)) / "sdn.csv"
        file.write_bytes(b"\r\n".join(file.read_bytes().split(b"\r\n")[:97]) + b"\r\n")
        with pytest.raises(DamagedFile, match=r"sdn\.csv, line 97: .*cut"):
            take(library, file.parent)

    def test_a_file_cut_within_a_line(self, library: Compliance, sdn: Folder) -> None:
        file = sdn("2024-02-02", range(1, 101)) / "sdn.csv"
        file.write_bytes(file.read_bytes()[:3000])
        with pytest.raises(DamagedFile, match=r"sdn\.csv, line "):
            take(library, file.parent)

    def test_a_format_that_nobody_knows(self, library: Compliance, home: Path) -> None:
        file = home / "2024-02-02.csv"
        file.write_text("what,is,this\n1,2,3\n")
        with pytest.raises(UnknownFormat, match="no list format is recognised"):
            take(library, file)

    def test_a_row_that_cannot_be_read(self, library: Compliance, sdn: Folder) -> None:
        file = sdn("2024-02-02", range(1, 101)) / "sdn.csv"
        file.write_bytes(file.read_bytes().replace(b'50,"PARTY NUMBER 50",-0- ,', b'50,"PARTY NUMBER 50",'))
        with pytest.raises(DamagedFile, match=r"sdn\.csv, line 50: 11 fields where the format has 12"):
            take(library, file.parent)

    def test_an_empty_list(self, library: Compliance, sdn: Folder) -> None:
        with pytest.raises(BadInput, match=r"sdn\.csv: the file is empty"):
            take(library, sdn("2024-02-02", []))

    def test_more_removals_than_a_list_loses(self, library: Compliance, sdn: Folder) -> None:
        with pytest.raises(ImportRefused, match=r"11 of 100 entries would be removed.*--accept-removals"):
            take(library, sdn("2024-02-02", range(12, 101)))

    def test_a_publication_of_another_day_than_it_is_given_for(self, library: Compliance, sdn: Folder) -> None:
        """An older date is held against the publication after it: entries cannot all go and come back."""
        with pytest.raises(ImportRefused, match="20 of 120 entries are not in the next publication held"):
            take(library, sdn("2023-06-01", range(1, 121)))

    def test_a_date_before_an_entry_was_listed(self, library: Compliance, fixtures: Path, tmp_path: Path) -> None:
        bundled = fixtures.parent / "compliance" / "data" / "ns-cmic" / "2021-12-16" / "cons_prim.csv"
        with pytest.raises(ImportRefused, match="was listed on 2021-12-16, after the publication's date 2021-12-01"):
            take(library, bundled, published=date(2021, 12, 1))

    def test_a_date_in_the_future(self, library: Compliance, sdn: Folder) -> None:
        with pytest.raises(ImportRefused, match="2026-11-25 is in the future"):
            take(library, sdn("2026-11-25", range(1, 101)))

    def test_a_file_without_a_date(self, library: Compliance, sdn: Folder, home: Path) -> None:
        folder = sdn("2024-02-02", range(1, 101)).rename(home / "no day")
        with pytest.raises(BadInput, match="give it with --published"):
            take(library, folder)

    def test_a_list_that_the_file_does_not_hold(self, library: Compliance, sdn: Folder) -> None:
        with pytest.raises(ImportRefused, match="does not hold us-ofac-cmic, but us-ofac-sdn"):
            take(library, sdn("2024-02-02", range(1, 101)), lists=["us-ofac-cmic"])


def test_removals_come_in_when_they_are_accepted(library: Compliance, sdn: Folder) -> None:
    take(library, sdn("2024-01-02", range(1, 101)))
    (summary,) = take(library, sdn("2024-02-02", range(50, 101)), accept_removals=True)
    assert summary.lists[0].counts == {"delisted": 49}


def test_a_few_removals_need_no_second_look(library: Compliance, sdn: Folder) -> None:
    take(library, sdn("2024-01-02", range(1, 13)))
    (summary,) = take(library, sdn("2024-02-02", range(11, 13)))
    assert summary.lists[0].counts == {"delisted": 10}


def test_more_may_go_the_longer_it_takes(library: Compliance, sdn: Folder) -> None:
    take(library, sdn("2014-01-02", range(1, 101)))
    (summary,) = take(library, sdn("2024-01-02", range(51, 101)))
    assert summary.lists[0].counts == {"delisted": 50}


def test_what_came_in_before_a_refused_publication_stays(library: Compliance, sdn: Folder) -> None:
    """Each publication stands by itself: the good one of January is not thrown away with the bad one of February."""
    good, bad = sdn("2024-01-02", range(1, 101)), sdn("2024-02-02", range(1, 20))
    with pytest.raises(ImportRefused):
        take(library, bad, good)
    assert len(present(library, date(2024, 2, 2))) == 100


def test_a_list_that_its_publisher_closed_takes_its_entries_with_it(library: Compliance) -> None:
    """OFAC ended the list of Executive Order 13599 on 2018-11-05: no mass removal, and said as what it is."""
    importer = Importer(library.log, library.archive, actor="test")

    def publish(day: date, closed: range, other: range) -> ImportSummary:
        statements = [Statement(str(n), ("us-ofac-13599",), {"name": "X"}) for n in closed]
        statements += [Statement(str(n), ("us-ofac-ssi",), {"name": "X"}) for n in other]
        file = SourceFile(name="cons.csv", sha256=sha256(str(day).encode()).hexdigest(), size=1)
        lists = ("us-ofac-13599", "us-ofac-ssi")
        publication = Publication("test", day, "given", lists, ("name",), (file,), statements)
        return importer.take(publication, [], today=date(2026, 11, 24))

    publish(date(2018, 4, 6), range(1, 50), range(100, 150))
    with pytest.raises(ImportRefused, match="49 of 99 entries would be removed"):
        publish(date(2018, 11, 4), range(0), range(100, 150))
    with pytest.raises(ImportRefused, match="49 of 50 entries would be removed"):
        publish(date(2018, 11, 5), range(0), range(100, 101))
    summary = publish(date(2018, 11, 5), range(0), range(100, 150))
    assert [dict(part.counts) for part in summary.lists] == [{"delisted": 49}, {}]
    assert summary.publication.warnings == (
        "us-ofac-13599 was closed by its publisher on 2018-11-05: 49 entries ended with it",
    )
    publish(date(2018, 6, 1), range(1, 50), range(100, 150))
    assert publish(date(2018, 11, 6), range(0), range(100, 150)).publication.warnings == ()
