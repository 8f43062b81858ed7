"""How `compliance batch` runs and what it tells: the mapping before the work, progress during it, the counts after."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from datetime import date
from functools import partial
from io import RawIOBase
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, BinaryIO, NamedTuple, TextIO, cast

import typer

from compliance.answers import narrower
from compliance.batch import writing
from compliance.batch.chunks import Screening
from compliance.batch.keeping import unfinished
from compliance.batch.publishing import beside
from compliance.batch.running import run, run_id_of
from compliance.batch.values import Question, Result, Writing
from compliance.batch.workers import Done
from compliance.cli.run_progress import run_progress
from compliance.cli.terminal import data_output
from compliance.counterparties.columns import in_words, names_left
from compliance.counterparties.inputs import STANDARD_INPUT, files_in, looked_at, spooled
from compliance.counterparties.values import Given, Input
from compliance.errors import BadInput
from compliance.facade import Compliance
from compliance.knowledge import KnownAt
from compliance.screening import Options, Screener
from compliance.tabular import reported

if TYPE_CHECKING:
    from compliance.batch.unaltered import ScreeningSince

_MARKS = {",": "comma", ";": "semicolon", "\t": "tab", "|": "bar"}
_FORMS = {"csv": "CSV", "xlsx": "XLSX", "parquet": "Parquet", "jsonl": "JSON Lines"}


class Order(NamedTuple):
    """What the user asked for."""

    files: Sequence[str]
    output: str
    given: Given
    everything: bool
    jobs: int | None
    resume: bool
    master: str | None
    as_of: date | None
    known_at: KnownAt
    options: dict[str, Any]
    record: bool | None = None
    changed_since: str | None = None
    earlier_inputs: Sequence[Path] = ()


def screen_files(compliance: Compliance, order: Order) -> Result:
    """Runs the batch and tells of it on standard error."""
    form = writing.form_of(order.output)
    with ExitStack() as stack:
        inputs = _inputs(order, stack)
        recording = compliance.records(order.record, otherwise=True)
        written = Writing(form=form, everything=order.everything, keep_hits=recording)
        question = Question(inputs=inputs, writing=written)
        output = _target(order.output, form, stack)
        kept = unfinished(output) if order.resume and isinstance(output, Path) else None
        screener = _continued(compliance, order, kept["asked"]) if kept else _screener(compliance, order)
        for source in inputs:
            _say(_reading(source))
        run_id = kept["run"] if kept else run_id_of(question, screener, order.output, compliance.clock())
        if recording and not kept:
            run_id = compliance.journal.run_id(run_id, compliance.today)
        _say(_opening(run_id, screener, order, continued=kept is not None))
        narrowed = _narrowed(compliance, order, question, screener, stack) if order.changed_since else None
        with _stoppable(output), run_progress() as shown:
            result = run(
                question, screener, output, run_id=run_id, jobs=order.jobs or _cores(), resume=order.resume,
                on_progress=shown, on_done=compliance.journal.record_run if recording else None,
                engine=partial(_on_cluster, master=order.master) if order.master else None, screening=narrowed,
            )  # fmt: skip
    _tell(result, screener, order, output, recorded=recording)
    return result


def _inputs(order: Order, stack: ExitStack) -> tuple[Input, ...]:
    own = () if order.output == "-" else (Path(order.output).resolve(), *beside(Path(order.output)))
    names = files_in(order.files, but=own)
    if any(name != STANDARD_INPUT and Path(name).resolve() in own for name in names):
        raise BadInput(f"{order.output} is the file of counterparties itself: name another file for the results")
    if order.master:
        from compliance.cluster.paths import is_remote

        if any(map(is_remote, names)):
            return tuple(_looked_at_there(names, order.given, order.master, stack))
    return tuple(looked_at(_path(name, stack), _called(name), order.given) for name in names)


def _looked_at_there(names: Sequence[str], given: Given, master: str, stack: ExitStack) -> Iterator[Input]:
    """Inputs of which the cluster can open some that we cannot; its session stays open for the run."""
    from compliance.cluster.paths import fetched, is_remote
    from compliance.cluster.session import session

    spark = stack.enter_context(session(master))
    for name in names:
        if not is_remote(name):
            yield looked_at(_path(name, stack), _called(name), given)
            continue
        with TemporaryDirectory(prefix="compliance-batch-") as folder:
            yield looked_at(fetched(spark, name, Path(folder)), name, given).model_copy(update={"path": name})


def _on_cluster(question: Question, screening: Screening, master: str) -> Iterator[Done]:
    from compliance.cluster.engine import screened

    return screened(question, screening, master)


def _narrowed(
    compliance: Compliance, order: Order, question: Question, screener: Screener, stack: ExitStack
) -> ScreeningSince:
    """What screens only what can have changed since an earlier run; says what that is."""
    from compliance.batch.running import asked_of
    from compliance.batch.unaltered import ScreeningSince, changed_entries, prepare

    assert order.changed_since
    asked = asked_of(screener)
    run, earlier = compliance.journal.earlier(order.changed_since, order.earlier_inputs, asked)
    then = compliance.register_of(run.asked)
    now = compliance.register(asked.as_of, asked.position)
    changed = changed_entries(then, now, [one.id for one in run.lists], screener.asked)
    folder = Path(stack.enter_context(TemporaryDirectory(prefix="compliance-batch-")))
    names = prepare(earlier, changed, now, folder)
    _say(
        f"since run {run.id}: {len(changed):,} entries are new or changed; the {names:,} names without a hit then are "
        "held against these alone"
    )
    return ScreeningSince(screener.book.folder, screener.options, question, folder)


def _path(name: str, stack: ExitStack) -> Path:
    if name != STANDARD_INPUT:
        return Path(name)
    folder = stack.enter_context(TemporaryDirectory(prefix="compliance-batch-"))
    return spooled(sys.stdin.buffer, Path(folder))


def _called(name: str) -> str:
    return "standard input" if name == STANDARD_INPUT else name


def _target(output: str, form: str, stack: ExitStack) -> Path | BinaryIO:
    """The file, or the stream where it is none: standard output, a pipe, a device. Raises BadInput."""
    path = Path(output)
    special = path.exists() and not path.is_file() and not path.is_dir()
    if output != "-" and not special:
        return path
    if not writing.is_text(form):
        raise BadInput(f"{output}: .{form} cannot be written to a pipe; name a file")
    if output == "-":
        return cast(BinaryIO, _Printed(data_output()))
    stack.enter_context(reported(path))
    return stack.enter_context(open(path, "wb"))


class _Printed(RawIOBase):
    """Bytes of UTF-8, whole characters at a time, for standard output."""

    def __init__(self, out: TextIO) -> None:
        super().__init__()
        self._out = out

    def write(self, data: Any, /) -> int:
        """Prints the text."""
        self._out.write(bytes(data).decode())
        self._out.flush()
        return len(data)


def _screener(compliance: Compliance, order: Order) -> Screener:
    return compliance.screener(as_of=order.as_of, known_at=order.known_at, **order.options)


def _continued(compliance: Compliance, order: Order, asked: dict[str, Any]) -> Screener:
    """Asks what was asked when the run began: the same day, the same state of the log, unless another is given."""
    options = {"max_age": compliance.settings.max_age, **order.options}
    as_of = order.as_of or date.fromisoformat(asked["as_of"])
    known_at = asked["position"] if order.known_at is None else order.known_at
    today = date.fromisoformat(asked["today"])
    return Screener(compliance.book(as_of, known_at), Options(as_of=as_of, today=today, **options))


@contextmanager
def _stoppable(output: Path | BinaryIO) -> Iterator[None]:
    """After Ctrl-C, says how to go on where something was kept."""
    try:
        yield
    except KeyboardInterrupt:
        if not isinstance(output, Path) or unfinished(output) is None:
            raise
        _say("compliance: stopped by the user; what is done is kept: the same command with --resume continues")
        raise typer.Exit(130) from None


def _reading(source: Input) -> str:
    """`book.csv: CSV (semicolon), cp1252 (assumed …); name 'company'`."""
    layout, parts = source.layout, [_FORMS[source.layout.form]]
    if layout.delimiter:
        quotes = {'"': "", "'": ", single quotes", "": ", no quotes"}.get(
            layout.quote or "", f", quotes {layout.quote}"
        )
        parts[0] += f" ({_MARKS.get(layout.delimiter, repr(layout.delimiter))}{quotes})"
    if layout.sheet is not None:
        parts[0] += f" (sheet {layout.sheet!r})"
    if layout.encoding:
        parts.append(f"{layout.encoding.removesuffix('-sig')} ({source.assumed})")
    left = ", ".join(repr(heading) for heading in names_left(layout.header, source.columns))
    unasked = f"; not asked for: {left} (--name-column takes several)" if left else ""
    return f"{source.name}: {', '.join(parts)}; {in_words(source.columns)}{unasked}"


def _opening(run_id: str, screener: Screener, order: Order, *, continued: bool) -> str:
    verb = "continuing" if continued else "screening"
    note = "; there is no unfinished run, so it begins" if order.resume and not continued else ""
    return f"run {run_id}: {verb} as of {screener.options.as_of}{note}"


def _tell(result: Result, screener: Screener, order: Order, output: Path | BinaryIO, *, recorded: bool) -> None:
    record = result.run
    where = "standard output" if order.output == "-" else order.output
    _say(
        f"{record.rows:,} rows = {record.clear:,} clear + {record.hits:,} with hits + "
        f"{record.cannot_say:,} without an answer + {record.unreadable:,} unreadable; results in {where}"
    )
    if record.unreadable and isinstance(output, Path):
        _say(f"unreadable rows, with their number and the reason, are in {order.output}.unreadable.csv too")
    elif record.unreadable:
        _say("unreadable rows are in the results with their number and the reason")
    if result.doubtful:
        _say(f"{result.doubtful:,} rows hold a country, a date of birth or an identifier that is none; see their notes")
    for doubt in screener.doubts:
        _say(f"cannot say clear: {doubt}")
    if rest := narrower(screener.basis):
        _say(f"or ask only the lists that can answer: {rest}")
    kept = "recorded" if recorded else "not recorded"
    _say(f"run {record.id}, {kept}, log position {record.asked.position}, root {record.asked.root[:16]}")


def _cores() -> int:
    """How many processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _say(text: str) -> None:
    typer.echo(text, err=True)
