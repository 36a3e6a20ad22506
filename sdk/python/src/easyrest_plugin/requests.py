"""Requests of the contract as an author sees them. What the proto calls unspecified has been decided here already."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

from .conditions import OrderTerm, Page, Predicate, Projection
from .request_context import RequestContext

CountMode = Literal["none", "exact"]
Returning = Literal["none", "keys", "rows"]
ConflictAction = Literal["merge", "ignore", "unknown"]
ColumnType = Literal["text", "ascii", "int64", "double", "boolean", "bytes", "timestamp", "unknown"]


@dataclass(frozen=True, slots=True)
class InitConnectionRequest:
    """What to connect to."""

    uri: str  # with its credentials; never log it
    connection_name: str = ""  # for the plugin's own logs


@dataclass(frozen=True, slots=True)
class TableGetRequest:
    """Which rows, which columns of them, in which order. What the plugin names no capability for is never asked."""

    table: str
    context: RequestContext = field(default_factory=RequestContext)
    select: Sequence[Projection] = ()  # empty: every column
    where: Predicate | None = None
    grouping: Sequence[str] = ()
    having: Predicate | None = None  # its columns are aliases of the projection
    distinct: bool = False
    ordering: Sequence[OrderTerm] = ()
    page: Page = field(default_factory=Page)
    count: CountMode = "none"
    last_key_columns: Sequence[str] = ()
    expect_single: bool = False  # checked by the SDK
    max_reply_bytes: int = 0  # checked by the SDK; 0: 64 MiB


@dataclass(frozen=True, slots=True)
class Conflict:
    """What becomes of a row whose key is taken; capability `upsert`."""

    target: Sequence[str] = ()  # empty: the primary key
    action: ConflictAction = "merge"
    keep: Sequence[str] = ()  # columns of an existing row that are not overwritten


@dataclass(frozen=True, slots=True)
class TableCreateRequest:
    """Rows to insert. Failures: `unique`, `foreign_key`, `check`, and `not_null`, `bad_value` naming the column."""

    table: str
    context: RequestContext = field(default_factory=RequestContext)
    rows: bytes = b"[]"  # a JSON array of objects: see parse_rows
    row_count: int = 0
    columns: Sequence[str] = ()  # empty: the members of the objects
    missing_default: bool = False
    conflict: Conflict | None = None
    returning: Returning = "rows"
    select: Sequence[Projection] = ()
    expect_single: bool = False
    max_affected: int | None = None
    overwrite_when: Predicate | None = None


@dataclass(frozen=True, slots=True)
class TableUpdateRequest:
    """New values for the rows that match."""

    table: str
    context: RequestContext = field(default_factory=RequestContext)
    where: Predicate | None = None  # None: every row
    data: bytes = b"{}"  # a JSON object: see parse_row
    returning: Returning = "none"
    select: Sequence[Projection] = ()
    expect_single: bool = False
    max_affected: int | None = None
    if_match: Sequence[str] = ()
    if_match_select: Sequence[Projection] = ()


@dataclass(frozen=True, slots=True)
class TableDeleteRequest:
    """Deletes the rows that match."""

    table: str
    context: RequestContext = field(default_factory=RequestContext)
    where: Predicate | None = None  # None: every row
    returning: Returning = "none"
    select: Sequence[Projection] = ()
    expect_single: bool = False
    max_affected: int | None = None
    if_match: Sequence[str] = ()
    if_match_select: Sequence[Projection] = ()


@dataclass(frozen=True, slots=True)
class CallFunctionRequest:
    """A function by name with arguments by name. What follows `arguments` is the capability `function_filters`."""

    function: str
    context: RequestContext = field(default_factory=RequestContext)
    arguments: bytes = b"{}"  # a JSON object: see parse_row
    select: Sequence[Projection] = ()
    where: Predicate | None = None
    ordering: Sequence[OrderTerm] = ()
    page: Page = field(default_factory=Page)
    max_reply_bytes: int = 0
    count: CountMode = "none"
    expect_set: bool = False  # bad_value, and roll back, unless the function returns a set
    expect_single: bool = False  # singular, and roll back, when it returns a set and not exactly one row is answered
    max_affected: int | None = None  # max_affected, and roll back, when more rows are answered


@dataclass(frozen=True, slots=True)
class GetSchemaRequest:
    """Asks for the description; an answer with `unchanged` will do when `known_version` is still right."""

    context: RequestContext = field(default_factory=RequestContext)
    known_version: str = ""  # a version that the host holds


@dataclass(frozen=True, slots=True)
class QueryRequest:
    """A statement that a client wrote."""

    statement: str
    context: RequestContext = field(default_factory=RequestContext)
    max_rows: int = 0  # more: too_large; 0: no limit
    max_reply_bytes: int = 0


@dataclass(frozen=True, slots=True)
class ColumnDefinition:
    """A column of a table to be made."""

    name: str
    type: ColumnType
    max_length: int = 0  # of text, in characters; 0: the database's largest
    nullable: bool = False
    default_json: bytes = b""  # a JSON value; empty: none


@dataclass(frozen=True, slots=True)
class IndexDefinition:
    """An index of a table to be made."""

    name: str
    columns: Sequence[str]
    unique: bool = False


@dataclass(frozen=True, slots=True)
class EnsureTableRequest:
    """A table that the host needs; capability `ensure_table`."""

    table: str
    context: RequestContext = field(default_factory=RequestContext)
    columns: Sequence[ColumnDefinition] = ()
    primary_key: Sequence[str] = ()
    indexes: Sequence[IndexDefinition] = ()


@dataclass(frozen=True, slots=True)
class BatchOperation:
    """One write of a batch, and how many rows it must affect."""

    operation: TableCreateRequest | TableUpdateRequest | TableDeleteRequest
    expect_affected: int | None = None  # another count fails the whole batch with `precondition`


@dataclass(frozen=True, slots=True)
class TableBatchRequest:
    """Several writes in one transaction; capability `batch`."""

    context: RequestContext = field(default_factory=RequestContext)
    operations: Sequence[BatchOperation] = ()


@dataclass(frozen=True, slots=True)
class CacheGetRequest:
    """Which value."""

    key: str


@dataclass(frozen=True, slots=True)
class CacheSetRequest:
    """A value to keep."""

    key: str
    value: str
    ttl_ms: int  # > 0, checked by the SDK


@dataclass(frozen=True, slots=True)
class CacheDeleteRequest:
    """Which value to forget."""

    key: str
