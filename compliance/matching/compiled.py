"""`compiled`: numba's `njit`, kept on disk for as long as no source of the matcher changes.

Numba freezes the constants that a loop reads, also those of other modules, and keeps the result for as long as the
loop's own file is the same. A changed weight would so be answered with the old one, without a word. So what is kept is
named by a digest of all sources of this folder. Importing this module needs numba (the `bulk` extra).
"""

from __future__ import annotations

import warnings
from collections.abc import Callable
from contextlib import suppress
from hashlib import blake2b
from pathlib import Path
from typing import Any, TypeVar, cast

from numba import njit

_Function = TypeVar("_Function", bound=Callable[..., Any])


def _digest(folder: Path) -> str:
    """A name for the present state of the folder's sources."""
    found = blake2b(digest_size=8)
    for path in sorted(folder.glob("*.py")):
        source = path.read_bytes()
        found.update(f"{path.name} {len(source)}\n".encode() + source)
    return found.hexdigest()


SOURCES = _digest(Path(__file__).parent)


def compiled(function: _Function) -> _Function:
    """The function, compiled when it is first called, or taken from the disk when these sources were compiled before.

    Numba keeps it in NUMBA_CACHE_DIR where that is set, else beside the source or, where that folder cannot be written,
    in the user's own cache folder. Warns where none of them can be, and compiles then in every process anew.
    """
    function.__qualname__ = f"{function.__name__}_{SOURCES}"
    try:
        return cast(_Function, njit(cache=True)(function))
    except RuntimeError:
        warnings.warn(
            "the compiled loops of the matcher can be kept nowhere, so every process compiles them anew, which takes"
            " some 20 seconds: set NUMBA_CACHE_DIR to a folder that can be written",
            RuntimeWarning,
            stacklevel=1,
        )
        return cast(_Function, njit(function))


def forget_older(one: Any) -> None:
    """Removes what was kept of other sources, from the folder where this compiled function is kept."""
    folder = one.stats.cache_path if hasattr(one, "stats") else None  # without, numba was told to compile nothing
    for path in Path(folder).glob("*.nb[ci]") if folder else ():
        if SOURCES not in path.name:
            with suppress(OSError):  # another process was quicker, or it is another user's
                path.unlink()
