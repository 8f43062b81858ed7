"""What is compiled is kept on the disk, and never used with other constants than those of the sources."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

pytest.importorskip("numba")

from compliance.matching import alike, kernels
from compliance.matching.compiled import SOURCES, forget_older

MATCHING = Path(kernels.__file__).parent
ASK = """
import numpy as np
from compliance.matching import kernels, similarity
from compliance.matching.compiled import forget_older
from compliance.matching.words import Likeness

keys, numbers = np.zeros((1, 7), np.int64), np.zeros((1, 3))
kernels.put((keys, numbers), 0, np.zeros(6, np.int64), 1.0, 0.5, 0.8, 0, 0.0)
pair = similarity._pair((0,), (0,), 1.0, 0.5, Likeness(0.8, "spelling"))
assert (numbers[0, 0], numbers[0, 1]) == (pair.kept, pair.missed), (numbers, pair)
forget_older(kernels.put)
print(pair.missed, sum(kernels.put.stats.cache_hits.values()))
"""


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A copy of the matcher in a folder of its own, without what was compiled."""
    (tmp_path / "compliance").mkdir()
    (tmp_path / "compliance/__init__.py").touch()
    shutil.copytree(MATCHING, tmp_path / "compliance/matching", ignore=shutil.ignore_patterns("__pycache__"))
    return tmp_path


def ask(folder: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """A pair of words scored by the definition and by the compiled loop, which must agree, in a process of its own."""
    given = {name: value for name, value in os.environ.items() if not name.startswith("NUMBA")}
    return subprocess.run(
        [sys.executable, "-c", ASK],
        cwd=folder,
        env={**given, "PYTHONPATH": str(folder), "PYTHONWARNINGS": "default", **environment},
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_constant_changed_in_another_file_is_followed_by_the_compiled_loops(copy: Path) -> None:
    """Though the file keeps its size and day, and numba only looks at the loops' own file."""
    kept = copy / "compliance/matching/__pycache__"
    first, again = ask(copy), ask(copy)
    assert (first.stdout.split()[1:], again.stdout.split()[1:]) == (["0"], ["1"]), first.stderr + again.stderr
    before = {path.name for path in kept.glob("*.nb?")}
    similarity = copy / "compliance/matching/similarity.py"
    status, text = similarity.stat(), similarity.read_text("utf-8")
    assert "\nLOST = 0.85 " in text
    similarity.write_text(text.replace("\nLOST = 0.85 ", "\nLOST = 0.75 "), "utf-8")
    for compiled in kept.glob("similarity.*.pyc"):
        compiled.unlink()  # Python's own cache goes by size and day
    os.utime(similarity, ns=(status.st_atime_ns, status.st_mtime_ns))
    changed = ask(copy)
    assert changed.returncode == 0, changed.stderr
    assert changed.stdout.split()[1] == "0"
    assert changed.stdout.split()[0] != first.stdout.split()[0]
    assert before.isdisjoint(path.name for path in kept.glob("*.nb?")), "what is kept of older sources piles up"


@pytest.mark.parametrize("module", [alike, kernels])
def test_every_compiled_function_is_kept_by_the_sources_digest(module: object) -> None:
    functions = [value for value in vars(module).values() if hasattr(value, "py_func")]
    assert len(functions) > 15
    assert all(function.py_func.__qualname__.endswith(SOURCES) for function in functions)


def test_where_nothing_can_be_kept_it_is_compiled_all_the_same_and_said(copy: Path) -> None:
    """As in a container whose file system is read-only."""
    (copy / "compliance/matching/__pycache__").touch()  # no folder, so that it cannot be written whoever asks
    nowhere = {"HOME": "/dev/null", "XDG_CACHE_HOME": "/dev/null"}
    found = ask(copy, **nowhere)
    assert found.returncode == 0, found.stderr
    assert found.stderr.count("can be kept nowhere") == 1
    told = ask(copy, NUMBA_CACHE_DIR=str(copy / "elsewhere"), **nowhere)
    assert (told.returncode, told.stderr) == (0, "")
    assert list((copy / "elsewhere").glob("*/*.nbi"))


def test_nothing_is_removed_where_nothing_is_compiled() -> None:
    """`NUMBA_DISABLE_JIT` leaves plain functions."""
    forget_older(len)
