"""Files, folders, ZIPs and gzip files as the user names them, turned into groups of files that belong together.

Nothing here knows a list format. A group is what one publication came in: the files of a folder, the
members of a ZIP, or files named singly that lie in one folder.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

from compliance.errors import BadInput
from compliance.sources.dating import date_in
from compliance.sources.files import Group, InputFile
from compliance.sources.office import is_spreadsheet
from compliance.sources.zipped import is_gzip, is_zip, members, unpacked

# Far above any official file (OFAC's largest has some 130 MB), far below what fills a memory.
LARGEST_FILE = 512 * 2**20

_NOT_A_LIST = re.compile(r"(?i)^(\.|~|(readme|licen[cs]e|notice)(\.(md|txt|rst))?$|thumbs\.db$|desktop\.ini$|__macosx)")


def collect(paths: Sequence[Path]) -> list[Group]:
    """Return the groups that the paths hold, each file read whole."""
    groups: list[Group] = []
    loose: dict[Path, list[InputFile]] = {}
    for path in dict.fromkeys(paths):
        if path.is_dir():
            groups += _folder(path)
        elif not path.exists():
            raise BadInput(f"{path}: there is no such file or folder")
        else:
            file = replace(_load(path), named=True)
            if is_zip(file.data) and not is_spreadsheet(file):
                groups += _archive(path, file)
            else:
                loose.setdefault(path.absolute().parent, []).append(file)
    for parent, files in loose.items():
        groups += _by_date(str(parent) if len(files) > 1 else files[0].path, files, (parent.name,))
    return groups


def _folder(path: Path) -> list[Group]:
    entries = sorted(entry for entry in path.iterdir() if not _NOT_A_LIST.match(entry.name))
    inside = [entry for entry in entries if entry.is_file()]
    # A folder of dated folders may hold notes beside them; what could be a list file decides.
    subfolders = sorted(
        (entry for entry in entries if entry.is_dir() and date_in(entry.name)),
        key=lambda entry: (date_in(entry.name), entry.name),
    )
    if subfolders and not any(entry.suffix.lower() in (".csv", ".xml", ".zip", "") for entry in inside):
        _check_days(path, entries)
        return [group for sub in subfolders for group in _folder(sub)]
    groups: list[Group] = []
    files: list[InputFile] = []
    for entry in inside:
        file = _load(entry)
        if is_zip(file.data) and not is_spreadsheet(file):
            groups += _archive(entry, file)
        else:
            files.append(file)
    if files:
        groups += _by_date(str(path), files, (path.absolute().name,))
    if not groups:
        raise BadInput(f"{path}: the folder holds no list files, and no folders named after a day")
    return groups


def _check_days(path: Path, entries: Iterable[Path]) -> None:
    """Raises BadInput for a folder with files among folders of days that is named after none: it would be lost."""
    for entry in entries:
        if entry.is_dir() and not date_in(entry.name) and any(inner.is_file() for inner in entry.rglob("[!.~]*")):
            raise BadInput(
                f"{path}: {entry.name} lies among folders of days and is not named after one (YYYY-MM-DD); "
                "rename it, move it away, or name the folders to import"
            )


def _archive(path: Path, file: InputFile) -> list[Group]:
    by_folder: dict[str, list[InputFile]] = {}
    for member in members(file.data, str(path), LARGEST_FILE):
        folder, _, name = member.name.rpartition("/")
        if _NOT_A_LIST.match(name) or _NOT_A_LIST.match(member.name):
            continue
        if is_zip(member.data):
            raise BadInput(f"{path}!{member.name}: this is a ZIP inside a ZIP; unpack the outer one first")
        loaded = InputFile(name, f"{path}!{member.name}", member.data)
        by_folder.setdefault(folder, []).append(loaded)
    if not by_folder:
        raise BadInput(f"{path}: the ZIP holds no list files")
    around = path.absolute().parent.name
    return [
        group
        for folder, files in sorted(by_folder.items())
        for group in _by_date(str(path), files, (folder.rpartition("/")[2], around), path.name)
    ]


def _by_date(place: str, files: list[InputFile], folders: tuple[str, ...], archive: str | None = None) -> list[Group]:
    days = {date_in(file.name) for file in files}
    if len(days - {None}) <= 1:
        return [Group(place, tuple(files), folders, archive)]
    if None in days:
        bare = next(file.name for file in files if date_in(file.name) is None)
        raise BadInput(f"{place}: files of several days lie side by side, and {bare} says no day; sort them")
    return [
        Group(place, tuple(_of_day(files, day)), folders, archive)
        for day in sorted(day for day in days if day is not None)
    ]


def _of_day(files: Iterable[InputFile], day: date) -> list[InputFile]:
    return [file for file in files if date_in(file.name) == day]


def _load(path: Path) -> InputFile:
    try:
        if path.stat().st_size > LARGEST_FILE:
            raise BadInput(f"{path}: the file is larger than any official list; it was not read")
        data = path.read_bytes()
        if is_gzip(data):
            return InputFile(path.name.removesuffix(".gz"), str(path), unpacked(data, str(path), LARGEST_FILE))
        return InputFile(path.name, str(path), data)
    except OSError as error:
        raise BadInput(f"{path}: the file cannot be read: {error.strerror or error}") from error
