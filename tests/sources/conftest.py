from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

FIXTURES = Path(__file__).parents[2] / "fixtures"


@pytest.fixture
def sdn() -> Path:
    return FIXTURES / "ofac-sdn" / "2023-10-31"


@pytest.fixture
def consolidated() -> Path:
    return FIXTURES / "ofac-consolidated" / "2024-02-01"


@pytest.fixture
def spoilt(sdn: Path, tmp_path: Path) -> Callable[..., Path]:
    """A copy of the SDN set in which one file's bytes were changed."""

    def spoil(name: str, change: Callable[[bytes], bytes], source: Path = sdn) -> Path:
        folder = tmp_path / source.name
        if not folder.exists():
            shutil.copytree(source, folder)
        (folder / name).write_bytes(change((folder / name).read_bytes()))
        return folder

    return spoil
