"""Modules that are imported when they are first looked at: asking a list does not load every file format."""

from __future__ import annotations

from collections.abc import Sequence
from importlib import import_module
from typing import Any, overload


class Modules(Sequence[Any]):
    """Modules by name, in their order."""

    def __init__(self, *names: str) -> None:
        self.names = names

    def __len__(self) -> int:
        return len(self.names)

    @overload
    def __getitem__(self, index: int) -> Any: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[Any]: ...
    def __getitem__(self, index: int | slice) -> Any:
        if isinstance(index, slice):
            return Modules(*self.names[index])
        return import_module(self.names[index])
