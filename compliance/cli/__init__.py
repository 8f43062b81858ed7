"""The command line: parse, call, print. Every rule is in the package; here is only how it looks."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from compliance.errors import ComplianceError
from compliance.facade import Clock, utc_now
from events.errors import EventsError, LogOutdated


def main(argv: Sequence[str] | None = None, *, clock: Clock = utc_now) -> int:
    """Runs one command and returns its exit status: 0 clear or done, 1 hits, 2 bad question, 3 cannot say."""
    from compliance.cli.app import app

    try:
        app(args=None if argv is None else list(argv), prog_name="compliance", obj=clock)
    except SystemExit as stop:
        return stop.code if isinstance(stop.code, int) else 0 if stop.code is None else 2
    except ComplianceError as error:
        return _told(str(error), error.exit_status)
    except EventsError as error:
        advice = " with `compliance log migrate`" if isinstance(error, LogOutdated) else ""
        return _told(f"{error}{advice}", 3)
    except BrokenPipeError:
        sys.stderr.close()  # the reader went away; the interpreter must not complain about it at exit
        return 3
    except KeyboardInterrupt:
        return _told("stopped by the user; nothing is half done", 130)
    return 0


def _told(text: str, status: int) -> int:
    print(f"compliance: {text}", file=sys.stderr)
    return status
