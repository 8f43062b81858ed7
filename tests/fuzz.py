"""Every reader under a fuzzer that is led by coverage: `pip install -e ".[fuzz]" && python -m tests.fuzz [OPTIONS]`.

The fixtures are the first inputs; libFuzzer changes them so that new lines are reached. A reader must read a file or
refuse it with our error: whatever else is raised, more than ten seconds or more than 1 GiB ends the run, and the input
is written to a file. OPTIONS are libFuzzer's, for example -max_total_time=300. The same promise with fewer inputs is in
tests/sources/test_any_bytes.py, which every run of the tests holds.
"""

from __future__ import annotations

import sys
import tempfile
from contextlib import suppress
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["compliance"]):
    from compliance.errors import ComplianceError
    from compliance.sources import FORMATS
    from compliance.sources.zipped import is_gzip, is_zip, members, unpacked
    from tests.sources.test_any_bytes import DAY, FILES, Group, InputFile, read_group

    assert all(format.FORMAT_ID for format in FORMATS), "they are loaded when first looked at"

LARGEST = 2**22
LIMITS = ("-timeout=10", "-rss_limit_mb=1024", "-max_len=20000")


def one_input(data: bytes) -> None:
    """Reads the bytes as one file, named by the user, and what is packed in them."""
    with suppress(ComplianceError):
        if is_zip(data):
            data = next(members(data, "fuzz", LARGEST)).data
        elif is_gzip(data):
            data = unpacked(data, "fuzz", LARGEST)
        read_group(Group("fuzz", (InputFile("fuzz", "fuzz", data, named=True),), ()), DAY)


def main() -> None:
    with tempfile.TemporaryDirectory() as corpus:
        for number, path in enumerate(FILES):
            Path(corpus, str(number)).write_bytes(path.read_bytes())
        atheris.Setup([sys.argv[0], *LIMITS, *sys.argv[1:], corpus], one_input)
        atheris.Fuzz()


if __name__ == "__main__":
    main()
