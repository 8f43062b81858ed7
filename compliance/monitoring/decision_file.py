"""Decisions as CSV, out and in again: so that other case tools can live with them.

Exported rows come in again as they were, in this log or another, and twice is once. A row without an id is a decision
of another tool: it is made now, as `compliance decide` would, with the person and the reason that the row names.
"""

from __future__ import annotations

import csv
import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

from pydantic import ValidationError

from compliance.errors import BadInput, ComplianceError
from compliance.monitoring.basis import digest_of
from compliance.monitoring.deciding import Pair, append, decision_on, same_person
from compliance.monitoring.decisions import Decision, Decisions
from compliance.monitoring.model import Counterparty, EntryFacts, Verdict
from compliance.monitoring.records import DecisionConfirmed, DecisionRecorded
from compliance.tabular import harmless

if TYPE_CHECKING:
    from compliance.facade import Compliance

COLUMNS = (
    "id", "entry", "entry_name", "counterparty", "counterparty_name", "verdict", "reason", "decided_by", "decided_at",
    "needs_confirmation", "confirmed_by", "confirmed_at", "score", "matcher", "source", "counterparty_facts",
    "entry_facts",
)  # fmt: skip
NEEDED = ("entry", "counterparty", "verdict", "reason", "decided_by")  # of a row of another tool


def write(decisions: Iterable[Decision], out: TextIO) -> int:
    """Writes decisions in the order in which they were made; how many."""
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(COLUMNS)
    count = 0
    for count, decision in enumerate(decisions, 1):  # noqa: B007
        row = _row(decision)
        writer.writerow([_guarded(row[column]) for column in COLUMNS])
    return count


def read(compliance: Compliance, path: Path) -> Counter[str]:
    """Takes a file of decisions in; how many were `recorded`, `confirmed` and `known` before.

    Rows are checked before the first is taken in. Raises BadInput naming the row that cannot be.
    """
    compliance.facts()
    rows = list(_rows(path))
    known = Decisions.of(compliance.log)
    exported = [_exported(compliance, path, number, row, known) for number, row in rows if row.get("id")]
    foreign = [_foreign(compliance, path, number, row, known) for number, row in rows if not row.get("id")]
    counts: Counter[str] = Counter()
    for decision in exported:
        counts.update(_take(compliance, decision, known.get(decision.made.id)))
    new = _without_repeats(made for made in foreign if made)
    for made in new:
        append(compliance, made.entry, made)
    return counts + Counter(recorded=len(new), known=len(foreign) - len(new))


def _without_repeats(decisions: Iterable[DecisionRecorded]) -> list[DecisionRecorded]:
    """Without those that say what the one before on the same pair says: the same row twice is one decision."""
    said: dict[tuple[str, str], tuple[str, str, str]] = {}
    new = []
    for made in decisions:
        pair, says = (made.entry, made.counterparty.id), (made.verdict.value, made.reason, made.decided_by)
        if said.get(pair) != says:
            said[pair] = says
            new.append(made)
    return new


def _exported(compliance: Compliance, path: Path, number: int, row: Mapping[str, str], known: Decisions) -> Decision:
    """A decision that `write` wrote. Raises BadInput where the log has it, and it says something else there.

    Whether a release that is new here waits for a second person is for this log's setting to say, not for the file.
    """
    decision = _decision(path, number, row)
    made, held = decision.made, known.get(decision.made.id)
    if held is None:
        waits = made.verdict is Verdict.false_positive and compliance.settings.four_eyes
        return decision._replace(made=made.model_copy(update={"needs_confirmation": made.needs_confirmation or waits}))
    if held.made != made.model_copy(update={"needs_confirmation": held.made.needs_confirmation}):
        raise BadInput(
            f"{path}, row {number}: the log has decision {made.id}, and it says something else there; leave the id "
            "empty for a new decision"
        )
    return decision


def _take(compliance: Compliance, decision: Decision, held: Decision | None) -> Iterator[str]:
    made, confirmed = decision
    if held is None:
        append(compliance, made.entry, made, *([confirmed] if confirmed else []))
        yield "recorded"
    elif confirmed and held.confirmed is None:
        append(compliance, made.entry, confirmed)
        yield "confirmed"
    else:
        yield "known"


def _foreign(
    compliance: Compliance, path: Path, number: int, row: Mapping[str, str], known: Decisions
) -> DecisionRecorded | None:
    """A decision of another tool, as made now; None where the last one on the pair is the same of the same person."""
    pair = _pair(compliance, path, number, row)
    last = known.last(pair.party.id, pair.entry)
    said = (row["verdict"], " ".join(row["reason"].split()), row["decided_by"], pair.party)
    if last and (last.made.verdict, last.made.reason, last.made.decided_by, last.made.counterparty) == said:
        return None
    try:
        return decision_on(compliance, pair, Verdict(row["verdict"]), row["reason"], row["decided_by"])
    except ComplianceError as error:
        raise BadInput(f"{path}, row {number}: {error}") from error


def _row(decision: Decision) -> dict[str, str]:
    made, confirmed = decision
    return {
        "id": made.id,
        "entry": made.entry,
        "entry_name": made.entry_name,
        "counterparty": made.counterparty.id,
        "counterparty_name": made.counterparty.name,
        "verdict": made.verdict.value,
        "reason": made.reason,
        "decided_by": made.decided_by,
        "decided_at": made.decided_at,
        "needs_confirmation": "yes" if made.needs_confirmation else "no",
        "confirmed_by": confirmed.confirmed_by if confirmed else "",
        "confirmed_at": confirmed.confirmed_at if confirmed else "",
        "score": made.score,
        "matcher": made.matcher,
        "source": made.source or "",
        "counterparty_facts": _json(made.counterparty.model_dump(mode="json", exclude_defaults=True)),
        "entry_facts": _json(made.listed.model_dump(mode="json")),
    }


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True)


def _guarded(cell: str) -> str:
    """Harmless in a spreadsheet, and such that `_plain` gives the cell back."""
    return f"'{cell}" if cell.startswith("'") else str(harmless(cell))


def _plain(cell: str) -> str:
    rest = cell[1:]
    return rest if cell.startswith("'") and (rest.startswith("'") or harmless(rest) != rest) else cell


def _rows(path: Path) -> Iterator[tuple[int, dict[str, str]]]:
    try:
        with open(path, encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file, strict=True)
            missing = [column for column in NEEDED if column not in (reader.fieldnames or ())]
            if missing:
                raise BadInput(f"{path}: there is no column {missing[0]!r}; it needs {', '.join(NEEDED)}")
            for number, row in enumerate(reader, 2):
                if None in row or None in row.values():
                    raise BadInput(f"{path}, row {number}: it has not as many cells as the header")
                yield number, {column: _plain(cell) for column, cell in row.items()}
    except OSError as error:
        raise BadInput(f"{path} cannot be read: {error.strerror}") from error
    except (UnicodeDecodeError, csv.Error) as error:
        raise BadInput(f"{path} is not CSV in UTF-8: {error}") from error


def _decision(path: Path, number: int, row: Mapping[str, str]) -> Decision:
    """An exported decision. Its digests are made anew from its facts."""
    try:
        party = Counterparty.model_validate_json(row["counterparty_facts"])
        listed = EntryFacts.model_validate_json(row["entry_facts"])
        datetime.fromisoformat(row["decided_at"])
        made = DecisionRecorded(
            id=row["id"],
            entry=row["entry"],
            entry_name=row["entry_name"],
            counterparty=party,
            verdict=Verdict(row["verdict"]),
            reason=row["reason"],
            decided_by=row["decided_by"],
            decided_at=row["decided_at"],
            needs_confirmation=row["needs_confirmation"] == "yes",
            listed=listed,
            entry_digest=digest_of(listed),
            counterparty_digest=digest_of(party),
            score=row["score"],
            matcher=row["matcher"],
            source=row["source"] or None,
        )
        if not row["confirmed_by"]:
            return Decision(made)
        datetime.fromisoformat(row["confirmed_at"])
        confirmed = DecisionConfirmed(
            decision=made.id, confirmed_by=row["confirmed_by"], confirmed_at=row["confirmed_at"]
        )
    except (KeyError, ValueError, ValidationError) as error:
        raise BadInput(
            f"{path}, row {number}: it has an id, but is not a decision as `decisions export` writes it "
            f"({' '.join(str(error).split())[:120]}); leave the id empty for a decision of another tool"
        ) from error
    if same_person(made.decided_by, confirmed.confirmed_by):
        raise BadInput(f"{path}, row {number}: {made.decided_by} confirms a decision of their own")
    return Decision(made, confirmed)


def _pair(compliance: Compliance, path: Path, number: int, row: Mapping[str, str]) -> Pair:
    from compliance.monitoring.portfolios import find

    empty = [column for column in NEEDED if not row[column].strip()]
    if empty:
        raise BadInput(f"{path}, row {number}: {empty[0]!r} is empty")
    if row["verdict"] not in list(Verdict):
        raise BadInput(f"{path}, row {number}: verdict {row['verdict']!r} is none of {', '.join(Verdict)}")
    name = row.get("counterparty_name", "").strip()
    held = find(compliance, row["counterparty"])
    party = held or Counterparty(id=row["counterparty"], name=name or row["counterparty"])
    return Pair(row["entry"], party, f"file {path.name}")
