"""What handlers answer."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

# Rows as the bytes of a JSON array, which reach the client unchanged; or as mappings (column -> value) whose values the
# SDK prints as the contract says: None, bool, int, float, Decimal, str, bytes, date, datetime, time, UUID, dict, list.
# A generator is asked for no more rows than the answer may hold; what else an answer says is read after them.
Rows = bytes | Iterable[Mapping[str, Any]]


@dataclass(slots=True)
class RowsAnswer:
    """Of reads."""

    rows: Rows
    row_count: int | None = None  # needed when rows are bytes
    total: int | None = None  # rows that match, when a count was asked
    last_key: bytes | Sequence[Any] = b""  # values of last_key_columns in the last row; empty when there is none


@dataclass(slots=True)
class RowsChunk:
    """A piece of a stream: some hundred rows."""

    # Mappings leave in messages of 256 KiB; bytes, which are objects separated by commas without brackets, as they are.
    rows: Iterable[Mapping[str, Any]] | bytes
    row_count: int | None = None  # needed when rows are bytes
    total: int | None = None  # in the first chunk, when a count was asked


@dataclass(slots=True)
class CreateAnswer:
    """How many rows were inserted or changed; the rows as they are stored, unless `returning` is none."""

    affected: int
    rows: Rows = ()
    row_count: int | None = None
    inserted: int | None = None  # None: all that are affected
    keys: Rows = b""  # primary keys, with returning="keys"


@dataclass(slots=True)
class ChangeAnswer:
    """How many rows were changed or deleted; the rows, when `returning` asks for them."""

    affected: int
    rows: Rows = ()
    row_count: int | None = None


@dataclass(slots=True)
class SchemaAnswer:
    """`schema` is {"tables": ..., "views": ..., "rpc": ...} as db.proto describes it, or its JSON bytes."""

    schema: Mapping[str, Any] | bytes = b""
    version: str = ""
    unchanged: bool = False


@dataclass(slots=True)
class FunctionAnswer:
    """`result` is a value, a mapping, or with `is_set` rows; or JSON bytes."""

    result: Any
    is_set: bool = False
    row_count: int | None = None  # needed when a set is bytes
    total: int | None = None  # of a set, when a count was asked


@dataclass(slots=True)
class EnsureTableAnswer:
    """Whether the table was made, or was there already."""

    created: bool


BatchAnswer = Sequence[CreateAnswer | ChangeAnswer]
