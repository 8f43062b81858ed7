"""Making chronicles, and keeping them: built once from the whole log, afterwards from what was added to it."""

from __future__ import annotations

import shutil
import sqlite3
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import closing
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

import orjson

from compliance.audit.chronicle import FILE, FORM, MATCHER, SHARED_KINDS, folded, known_event
from compliance.changes import PRESENCE_OF, PUBLICATION_EVENTS
from compliance.identifiers import ENTRY, keys, normal_value
from compliance.matching import MATCHER_VERSION, ListedName, Matcher
from compliance.timeline import HISTORY_EVENTS
from events.projection import SnapshotStore

if TYPE_CHECKING:
    from events import EventLog

_KEPT = 2
_FACTS = "derived-from.json"
_NAMES_OF = "names.sha256"
_NAMES = ("aliases", "original_names", "weak_names")
_TABLES = """
CREATE TABLE said (position INTEGER PRIMARY KEY, type TEXT, effective INTEGER, payload BLOB);
CREATE TABLE party (id INTEGER PRIMARY KEY, list TEXT, key TEXT, UNIQUE (list, key));
CREATE TABLE publication (id INTEGER PRIMARY KEY, digest TEXT UNIQUE);
CREATE TABLE mention (party INTEGER, effective INTEGER, position INTEGER, present INTEGER, cause TEXT,
    publication INTEGER, PRIMARY KEY (party, effective, position)) WITHOUT ROWID;
CREATE TABLE tally (list TEXT, publication INTEGER, cause TEXT, events INTEGER,
    PRIMARY KEY (list, publication, cause)) WITHOUT ROWID;
CREATE TABLE ended (position INTEGER);
CREATE TABLE name (value TEXT, party INTEGER, PRIMARY KEY (value, party)) WITHOUT ROWID;
CREATE TABLE spelling (party INTEGER, text TEXT, PRIMARY KEY (party, text)) WITHOUT ROWID;
CREATE TABLE type (party INTEGER, value TEXT, PRIMARY KEY (party, value)) WITHOUT ROWID;
CREATE TABLE number (value TEXT, party INTEGER, PRIMARY KEY (value, party)) WITHOUT ROWID;
CREATE TABLE stated (kind TEXT PRIMARY KEY) WITHOUT ROWID;
CREATE TABLE identifier (value TEXT, party INTEGER, PRIMARY KEY (value, party)) WITHOUT ROWID;
"""
_INDEXES = """
CREATE INDEX IF NOT EXISTS party_key ON party (key);
CREATE INDEX IF NOT EXISTS name_party ON name (party);
CREATE INDEX IF NOT EXISTS identifier_party ON identifier (party);
CREATE INDEX IF NOT EXISTS mention_turn ON mention (party, effective, position, present, cause, publication)
    WHERE present IS NOT NULL;
"""


class Chronicles:
    """The chronicles of one log in the cache folder. Raises CacheUnavailable where that cannot be written."""

    def __init__(self, folder: Path, log: Callable[[], EventLog]) -> None:
        self._store = SnapshotStore(folder)
        self._log = log

    def folder(self, position: int, root: str) -> Path:
        """The folder of the chronicle of a state of the log, made from an earlier one where there is one."""
        key = _key(root)
        held = self._store.path(key, thorough=True)
        if held is None:
            held = self._store.build(key, lambda folder: self._write(folder, position, root), thorough=True)
            self._store.prune(_KEPT)
        return held

    def _write(self, folder: Path, position: int, root: str) -> None:
        earlier = self._earlier(position)
        if earlier is not None:
            shutil.copyfile(earlier / FILE, folder / FILE)
        write_chronicle(self._log(), folder, after=_position(earlier) if earlier else 0, until=position)
        _write_matcher(folder, earlier)
        (folder / _FACTS).write_bytes(orjson.dumps({"position": position, "root": root}))

    def _earlier(self, position: int) -> Path | None:
        """The whole chronicle of the latest earlier state of this very log."""
        found: list[tuple[int, Path]] = []
        for file in self._store.folder.glob(f"*/{_FACTS}"):
            facts = _facts(file)
            if facts and facts[0] < position and self._log().head_at(facts[0]).root == facts[1]:
                held = self._store.path(_key(facts[1]), thorough=True)
                found += [(facts[0], held)] if held else []
        return max(found)[1] if found else None


def write_chronicle(log: EventLog, folder: Path, *, after: int, until: int) -> None:
    """Writes a chronicle into a folder, or goes on with the one that is there, which ends at `after`."""
    with closing(sqlite3.connect(folder / FILE, isolation_level=None)) as connection:
        connection.executescript("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA cache_size = -100000;")
        if not after:
            connection.executescript(_TABLES)
        connection.execute("BEGIN")
        _Writer(connection).take(log.rows(after=after, until=until, types=HISTORY_EVENTS))
        connection.execute("DELETE FROM ended")
        connection.execute("INSERT INTO ended VALUES (?)", (until,))
        connection.execute("COMMIT")
        connection.executescript(_INDEXES)


def write_all(log: EventLog, folder: Path, until: int) -> None:
    """Writes a chronicle with its matcher into an empty folder, where there is no cache to keep it in."""
    write_chronicle(log, folder, after=0, until=until)
    _write_matcher(folder, None)


def _write_matcher(folder: Path, earlier: Path | None) -> None:
    """The matcher over all names that anybody ever had: the earlier one as long as no name has come."""
    names = list(_all_names(folder))
    digest = sha256(orjson.dumps(names)).hexdigest()
    if earlier is not None and (earlier / _NAMES_OF).read_text("ascii") == digest:
        shutil.copytree(earlier / MATCHER, folder / MATCHER)
    else:
        (folder / MATCHER).mkdir()
        Matcher.build(ListedName(*name) for name in names).save(folder / MATCHER)
    (folder / _NAMES_OF).write_text(digest, "ascii")


def _all_names(folder: Path) -> Iterator[tuple[int, str, str, str]]:
    """Every spelling with every type that its party ever had, as strong names: none is worth less than that."""
    with closing(sqlite3.connect(folder / FILE)) as connection:
        yield from connection.execute(
            "SELECT spelling.party, text, 'aka', coalesce(type.value, 'entity') FROM spelling"
            " LEFT JOIN type ON type.party = spelling.party ORDER BY 1, 2, 4"
        )


class _Writer:
    """Takes events in; what was seen of parties and publications is held, so that each row is written once."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._parties = {(a, b): n for n, a, b in connection.execute("SELECT id, list, key FROM party")}
        self._publications = {digest: n for n, digest in connection.execute("SELECT id, digest FROM publication")}
        self._amendments: Counter[tuple[str, int, str]] = Counter()
        self._seen: set[tuple[Any, ...]] = set()

    def take(self, events: Iterable[Any]) -> None:
        for event in events:
            if event.type in PUBLICATION_EVENTS:
                self._insert("said", event.position, event.type, event.effective.toordinal(), known_event(event))
            else:
                self._mention(event)
        for (list_id, publication, cause), count in self._amendments.items():
            self._connection.execute(
                "INSERT INTO tally VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET events = events + excluded.events",
                (list_id, publication, cause, count),
            )

    def _mention(self, event: Any) -> None:
        payload = event.payload
        party = self._party(payload["list"], payload["key"])
        publication = self._number("publication", self._publications, payload["publication"])
        cause = payload.get("cause", "published")
        day = event.effective.toordinal()
        present = PRESENCE_OF[event.type]
        self._insert("mention", party, day, event.position, present, cause, publication)
        if present is None:
            self._amendments[payload["list"], publication, cause] += 1
        self._found_by(party, payload.get("fields") or {})

    def _found_by(self, party: int, fields: Mapping[str, Any]) -> None:
        """The names and numbers in an event's fields, by which the party can be found."""
        if isinstance(fields.get("type"), str):
            self._once("type", party, fields["type"])
        for name in _names(fields):
            if self._once("spelling", party, name):
                self._insert("name", folded(name), party)
        for kind, value in _numbers(fields):
            self._once("stated", kind)
            for key in keys(kind, value):
                self._insert("number", key, party)
            if kind not in SHARED_KINDS:
                self._insert("identifier", f"{kind}={normal_value(kind, value)}", party)

    def _once(self, table: str, *values: Any) -> bool:
        """Inserts what nearly every event repeats; whether it had not been seen."""
        if (table, *values) in self._seen:
            return False
        self._seen.add((table, *values))
        self._insert(table, *values)
        return True

    def _party(self, list_id: str, key: str) -> int:
        new = (list_id, key) not in self._parties
        number = self._number("party", self._parties, (list_id, key))
        if new and any(character.isdigit() for character in key):
            for found in keys(ENTRY, key):
                self._insert("number", found, number)
        return number

    def _number(self, table: str, known: dict[Any, int], value: Any) -> int:
        number = known.get(value)
        if number is None:
            number = known[value] = len(known) + 1
            self._insert(table, number, *(value if isinstance(value, tuple) else (value,)))
        return number

    def _insert(self, table: str, *values: object) -> None:
        marks = ", ".join("?" * len(values))
        self._connection.execute(f"INSERT OR IGNORE INTO {table} VALUES ({marks})", values)


def _parts(fields: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    yield fields
    yield from (fields[text] for text in ("remarks", "continuation") if isinstance(fields.get(text), dict))


def _names(fields: Mapping[str, Any]) -> Iterator[str]:
    """All names that an event's fields give the party."""
    if fields.get("name"):
        yield fields["name"]
    members = (name for part in _parts(fields) for field in _NAMES for name in part.get(field) or ())
    yield from (name["text"] for name in members if isinstance(name, dict))


def _numbers(fields: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """All identifiers in an event's fields, each with its kind."""
    for part in _parts(fields):
        yield from ((member["kind"], member["value"]) for member in part.get("identifiers") or ())


def _key(root: str) -> str:
    return sha256(f"chronicle\n{FORM}\n{MATCHER_VERSION}\n{root}".encode()).hexdigest()


def _position(folder: Path) -> int:
    facts = _facts(folder / _FACTS)
    return facts[0] if facts else 0


def _facts(file: Path) -> tuple[int, str] | None:
    try:
        facts = orjson.loads(file.read_bytes())
        return int(facts["position"]), str(facts["root"])
    except (OSError, ValueError, KeyError, TypeError):
        return None
