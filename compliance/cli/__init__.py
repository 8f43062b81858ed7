"""The command line: parse, call, print. Every rule is in the package; here is only how it looks."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from contextlib import suppress

from compliance.cli.terminal import harmless_output
from compliance.errors import ComplianceError
from compliance.facade import Clock, utc_now
from events.errors import EventsError, LogOutdated, LogUnprotected

INTERRUPTED = 130  # 128 + SIGINT, as shells have it


def main(argv: Sequence[str] | None = None, *, clock: Clock = utc_now) -> int:
    """Runs one command and returns its exit status: 0 clear or done, 1 hits, 2 bad question, 3 cannot say.

    130 when it was interrupted. An error is one plain line on standard error.
    """
    with harmless_output():
        return _ended(sys.argv[1:] if argv is None else list(argv), clock)


def _ended(argv: list[str], clock: Clock) -> int:
    try:
        status = _run(argv, clock)
        sys.stdout.flush()
    except ComplianceError as error:
        return _told(str(error), error.exit_status)
    except EventsError as error:
        advice = " with `compliance log migrate`" if isinstance(error, LogOutdated | LogUnprotected) else ""
        return _told(f"{error}{advice}", 3)
    except KeyboardInterrupt:
        return _told("stopped by the user; nothing is half done", INTERRUPTED)
    except BrokenPipeError:
        _drop_output()  # the reader went away, as `head` does: no answer was given, and nobody to tell
        return 3
    except OSError as error:
        _drop_output()
        return _told(f"{error.filename or 'the output'} cannot be used: {error.strerror or error}", 3)
    return status


def _run(argv: list[str], clock: Clock) -> int:
    """One command, without typer's own ending: it would give a closed pipe and Ctrl-C the status of hits."""
    import typer

    from compliance.cli.app import app

    wrong_usage: type[Exception] = typer.BadParameter.__bases__[0]  # click's, or typer's own copy of it
    try:
        command = typer.main.get_command(app)
        with command.make_context("compliance", argv, obj=clock) as context:
            command.invoke(context)
    except typer.Exit as stop:
        return stop.exit_code
    except wrong_usage as error:
        return _misused(error)
    return 0


def _misused(error: BaseException) -> int:
    """One line for a wrong option or value; the whole help where a command was named without anything."""
    context = getattr(error, "ctx", None)
    told: str = error.format_message()  # type: ignore[attr-defined]
    if "\n" in told:
        print(told, file=sys.stderr)
        return 2
    path = context.command_path if context else "compliance"
    return _told(f"{told.rstrip('.')}; see `{path} --help`", 2)


def _told(text: str, status: int) -> int:
    print(f"compliance: {' '.join(text.splitlines())}", file=sys.stderr)
    return status


def _drop_output() -> None:
    """What is still to be written has nowhere to go; the interpreter must not fail over it at exit."""
    with suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
