"""The start of a command's process: `compliance`, or `python -m compliance`."""

from __future__ import annotations

import gc
import sys

# Objects made between two looks for cycles. Python's 700 costs a cold answer an eighth of its time, in looking through
# modules and lists that are all still needed; this many are some 10 MB.
_GARBAGE = 100_000


def main() -> int:
    """Runs the command line of this process and returns its exit status."""
    gc.set_threshold(_GARBAGE, 10, 10)
    try:
        from compliance import cli
    except KeyboardInterrupt:
        print("compliance: stopped by the user before it began", file=sys.stderr)
        return 130
    return cli.main()


if __name__ == "__main__":
    sys.exit(main())
