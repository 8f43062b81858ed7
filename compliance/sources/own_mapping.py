"""The small TOML file that says which list a file of one's own is, and what its columns hold."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Sequence
from typing import Annotated, Any

from pydantic import BeforeValidator, ConfigDict, Field, ValidationError

from compliance.errors import BadInput
from compliance.model import PartyType, Value
from compliance.sources.catalogue import OWN
from compliance.sources.files import InputFile

_LOOKS = re.compile(rb"(?m)^\s*\[columns\]\s*(#.*)?\r?$")
_ID = re.compile(rf"{OWN}[a-z0-9]+(-[a-z0-9]+)*")
_LARGEST = 65536


def _several(value: Any) -> Any:
    return [value] if isinstance(value, str) else value


Columns = Annotated[tuple[str, ...], BeforeValidator(_several)]


class _Columns(Value):
    """The columns by what they hold; only the name is needed."""

    name: str
    key: str = ""
    type: str = ""
    aliases: Columns = ()
    country: Columns = ()
    address: Columns = ()
    nationality: Columns = ()
    programmes: Columns = ()
    remarks: Columns = ()
    born: Columns = ()
    listed_on: str = ""


class _File(Value):
    """The mapping as it stands in the file."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    list: str
    file: str
    columns: _Columns
    identifiers: dict[str, str] = Field(default_factory=dict)
    types: dict[str, PartyType] = Field(default_factory=dict)
    measure: str = "own list"
    separator: str = Field(default=";", min_length=1)
    delimiter: str = Field(default=",", min_length=1, max_length=1)
    encoding: str = "utf-8"


class Mapping:
    """What the mapping says, with the questions that reading a row asks."""

    def __init__(self, said: _File) -> None:
        self.list_id = said.list
        self.file = said.file
        self.measure = said.measure
        self.separator = said.separator
        self.delimiter = said.delimiter
        self.encoding = said.encoding
        self.identifiers = said.identifiers
        columns = said.columns
        self.name, self.key, self.type, self.listed_on = columns.name, columns.key, columns.type, columns.listed_on
        self.aliases, self.country, self.address = columns.aliases, columns.country, columns.address
        self.nationality, self.programmes, self.remarks, self.born = (
            columns.nationality, columns.programmes, columns.remarks, columns.born,
        )  # fmt: skip
        self._types = {word.casefold(): kind.value for word, kind in said.types.items()}
        several = (self.aliases, self.country, self.address, self.nationality, self.programmes, self.remarks, self.born)
        self._columns = {
            *(name for name in (self.name, self.key, self.type, self.listed_on) if name),
            *(name for names in several for name in names),
            *self.identifiers.values(),
        }
        # The type's own word and the day as written are kept beside what is read from them.
        self.placed = self._columns - {self.type, self.listed_on}

    def type_of(self, word: str) -> str | None:
        """Our word for one of the file's; None when neither knows it."""
        small = word.strip().casefold()
        return self._types.get(small) or next((kind.value for kind in PartyType if kind.value == small), None)

    def check(self, header: Sequence[str], path: str, data_path: str) -> None:
        """Raise BadInput when a column that is named is not in the file."""
        missing = sorted(self._columns - set(header))
        if missing:
            raise BadInput(
                f"{path}: {data_path} has no column {missing[0]!r}; its columns are {', '.join(map(repr, header[:20]))}"
            )


def is_mapping(file: InputFile) -> bool:
    """Tell a mapping by its table of columns and its being TOML of a moderate size."""
    return file.size <= _LARGEST and _LOOKS.search(file.data) is not None


def read_mapping(file: InputFile) -> Mapping:
    """Read a mapping, or say in one line what is wrong with it."""
    try:
        said = _File.model_validate(tomllib.loads(file.data.decode("utf-8-sig")))
        "".encode(said.encoding)
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise BadInput(f"{file.path}: not readable as TOML ({error})") from error
    except LookupError as error:
        raise BadInput(f"{file.path}: {error}") from error
    except ValidationError as error:
        first = error.errors()[0]
        raise BadInput(f"{file.path}: {'.'.join(map(str, first['loc']))}: {first['msg'].lower()}") from error
    if _ID.fullmatch(said.list) is None:
        raise BadInput(f"{file.path}: list = {said.list!r}: an own list's id is {OWN}NAME in small letters and digits")
    return Mapping(said)
