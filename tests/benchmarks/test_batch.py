"""The batch benchmark measures nothing that did not happen."""

from __future__ import annotations

import os
import sys

import pytest

from benchmarks.batch.__main__ import measured


def test_a_peer_that_breaks_off_is_no_measurement() -> None:
    with pytest.raises(SystemExit, match="No module named 'no_such_peer'"):
        measured([sys.executable, "-c", "import no_such_peer"], dict(os.environ))
