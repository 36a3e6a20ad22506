from easyrest.plugin.v1 import context_pb2 as _context_pb2
from easyrest.plugin.v1 import table_pb2 as _table_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class ColumnType(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    COLUMN_TYPE_UNSPECIFIED: _ClassVar[ColumnType]
    COLUMN_TYPE_TEXT: _ClassVar[ColumnType]
    COLUMN_TYPE_ASCII: _ClassVar[ColumnType]
    COLUMN_TYPE_INT64: _ClassVar[ColumnType]
    COLUMN_TYPE_DOUBLE: _ClassVar[ColumnType]
    COLUMN_TYPE_BOOLEAN: _ClassVar[ColumnType]
    COLUMN_TYPE_BYTES: _ClassVar[ColumnType]
    COLUMN_TYPE_TIMESTAMP: _ClassVar[ColumnType]
COLUMN_TYPE_UNSPECIFIED: ColumnType
COLUMN_TYPE_TEXT: ColumnType
COLUMN_TYPE_ASCII: ColumnType
COLUMN_TYPE_INT64: ColumnType
COLUMN_TYPE_DOUBLE: ColumnType
COLUMN_TYPE_BOOLEAN: ColumnType
COLUMN_TYPE_BYTES: ColumnType
COLUMN_TYPE_TIMESTAMP: ColumnType

class InitConnectionRequest(_message.Message):
    __slots__ = ("uri", "connection_name")
    URI_FIELD_NUMBER: _ClassVar[int]
    CONNECTION_NAME_FIELD_NUMBER: _ClassVar[int]
    uri: str
    connection_name: str
    def __init__(self, uri: _Optional[str] = ..., connection_name: _Optional[str] = ...) -> None: ...

class InitConnectionResponse(_message.Message):
    __slots__ = ("server",)
    SERVER_FIELD_NUMBER: _ClassVar[int]
    server: str
    def __init__(self, server: _Optional[str] = ...) -> None: ...

class CallFunctionRequest(_message.Message):
    __slots__ = ("context", "function", "arguments", "select", "where", "ordering", "page", "max_reply_bytes", "count", "expect_set", "expect_single", "max_affected")
    CONTEXT_FIELD_NUMBER: _ClassVar[int]
    FUNCTION_FIELD_NUMBER: _ClassVar[int]
    ARGUMENTS_FIELD_NUMBER: _ClassVar[int]
    SELECT_FIELD_NUMBER: _ClassVar[int]
    WHERE_FIELD_NUMBER: _ClassVar[int]
    ORDERING_FIELD_NUMBER: _ClassVar[int]
    PAGE_FIELD_NUMBER: _ClassVar[int]
    MAX_REPLY_BYTES_FIELD_NUMBER: _ClassVar[int]
    COUNT_FIELD_NUMBER: _ClassVar[int]
    EXPECT_SET_FIELD_NUMBER: _ClassVar[int]
    EXPECT_SINGLE_FIELD_NUMBER: _ClassVar[int]
    MAX_AFFECTED_FIELD_NUMBER: _ClassVar[int]
    context: _context_pb2.RequestContext
    function: str
    arguments: bytes
    select: _containers.RepeatedCompositeFieldContainer[_table_pb2.Projection]
    where: _table_pb2.Predicate
    ordering: _containers.RepeatedCompositeFieldContainer[_table_pb2.OrderTerm]
    page: _table_pb2.Page
    max_reply_bytes: int
    count: _table_pb2.CountMode
    expect_set: bool
    expect_single: bool
    max_affected: int
    def __init__(self, context: _Optional[_Union[_context_pb2.RequestContext, _Mapping]] = ..., function: _Optional[str] = ..., arguments: _Optional[bytes] = ..., select: _Optional[_Iterable[_Union[_table_pb2.Projection, _Mapping]]] = ..., where: _Optional[_Union[_table_pb2.Predicate, _Mapping]] = ..., ordering: _Optional[_Iterable[_Union[_table_pb2.OrderTerm, _Mapping]]] = ..., page: _Optional[_Union[_table_pb2.Page, _Mapping]] = ..., max_reply_bytes: _Optional[int] = ..., count: _Optional[_Union[_table_pb2.CountMode, str]] = ..., expect_set: _Optional[bool] = ..., expect_single: _Optional[bool] = ..., max_affected: _Optional[int] = ...) -> None: ...

class CallFunctionResponse(_message.Message):
    __slots__ = ("result", "is_set", "row_count", "total")
    RESULT_FIELD_NUMBER: _ClassVar[int]
    IS_SET_FIELD_NUMBER: _ClassVar[int]
    ROW_COUNT_FIELD_NUMBER: _ClassVar[int]
    TOTAL_FIELD_NUMBER: _ClassVar[int]
    result: bytes
    is_set: bool
    row_count: int
    total: int
    def __init__(self, result: _Optional[bytes] = ..., is_set: _Optional[bool] = ..., row_count: _Optional[int] = ..., total: _Optional[int] = ...) -> None: ...

class GetSchemaRequest(_message.Message):
    __slots__ = ("context", "known_version")
    CONTEXT_FIELD_NUMBER: _ClassVar[int]
    KNOWN_VERSION_FIELD_NUMBER: _ClassVar[int]
    context: _context_pb2.RequestContext
    known_version: str
    def __init__(self, context: _Optional[_Union[_context_pb2.RequestContext, _Mapping]] = ..., known_version: _Optional[str] = ...) -> None: ...

class GetSchemaResponse(_message.Message):
    __slots__ = ("schema", "version", "unchanged")
    SCHEMA_FIELD_NUMBER: _ClassVar[int]
    VERSION_FIELD_NUMBER: _ClassVar[int]
    UNCHANGED_FIELD_NUMBER: _ClassVar[int]
    schema: bytes
    version: str
    unchanged: bool
    def __init__(self, schema: _Optional[bytes] = ..., version: _Optional[str] = ..., unchanged: _Optional[bool] = ...) -> None: ...

class QueryRequest(_message.Message):
    __slots__ = ("context", "statement", "max_rows", "max_reply_bytes")
    CONTEXT_FIELD_NUMBER: _ClassVar[int]
    STATEMENT_FIELD_NUMBER: _ClassVar[int]
    MAX_ROWS_FIELD_NUMBER: _ClassVar[int]
    MAX_REPLY_BYTES_FIELD_NUMBER: _ClassVar[int]
    context: _context_pb2.RequestContext
    statement: str
    max_rows: int
    max_reply_bytes: int
    def __init__(self, context: _Optional[_Union[_context_pb2.RequestContext, _Mapping]] = ..., statement: _Optional[str] = ..., max_rows: _Optional[int] = ..., max_reply_bytes: _Optional[int] = ...) -> None: ...

class QueryResponse(_message.Message):
    __slots__ = ("rows", "row_count")
    ROWS_FIELD_NUMBER: _ClassVar[int]
    ROW_COUNT_FIELD_NUMBER: _ClassVar[int]
    rows: bytes
    row_count: int
    def __init__(self, rows: _Optional[bytes] = ..., row_count: _Optional[int] = ...) -> None: ...

class EnsureTableRequest(_message.Message):
    __slots__ = ("context", "table", "columns", "primary_key", "indexes")
    CONTEXT_FIELD_NUMBER: _ClassVar[int]
    TABLE_FIELD_NUMBER: _ClassVar[int]
    COLUMNS_FIELD_NUMBER: _ClassVar[int]
    PRIMARY_KEY_FIELD_NUMBER: _ClassVar[int]
    INDEXES_FIELD_NUMBER: _ClassVar[int]
    context: _context_pb2.RequestContext
    table: str
    columns: _containers.RepeatedCompositeFieldContainer[ColumnDefinition]
    primary_key: _containers.RepeatedScalarFieldContainer[str]
    indexes: _containers.RepeatedCompositeFieldContainer[IndexDefinition]
    def __init__(self, context: _Optional[_Union[_context_pb2.RequestContext, _Mapping]] = ..., table: _Optional[str] = ..., columns: _Optional[_Iterable[_Union[ColumnDefinition, _Mapping]]] = ..., primary_key: _Optional[_Iterable[str]] = ..., indexes: _Optional[_Iterable[_Union[IndexDefinition, _Mapping]]] = ...) -> None: ...

class ColumnDefinition(_message.Message):
    __slots__ = ("name", "type", "max_length", "nullable", "default_json")
    NAME_FIELD_NUMBER: _ClassVar[int]
    TYPE_FIELD_NUMBER: _ClassVar[int]
    MAX_LENGTH_FIELD_NUMBER: _ClassVar[int]
    NULLABLE_FIELD_NUMBER: _ClassVar[int]
    DEFAULT_JSON_FIELD_NUMBER: _ClassVar[int]
    name: str
    type: ColumnType
    max_length: int
    nullable: bool
    default_json: bytes
    def __init__(self, name: _Optional[str] = ..., type: _Optional[_Union[ColumnType, str]] = ..., max_length: _Optional[int] = ..., nullable: _Optional[bool] = ..., default_json: _Optional[bytes] = ...) -> None: ...

class IndexDefinition(_message.Message):
    __slots__ = ("name", "columns", "unique")
    NAME_FIELD_NUMBER: _ClassVar[int]
    COLUMNS_FIELD_NUMBER: _ClassVar[int]
    UNIQUE_FIELD_NUMBER: _ClassVar[int]
    name: str
    columns: _containers.RepeatedScalarFieldContainer[str]
    unique: bool
    def __init__(self, name: _Optional[str] = ..., columns: _Optional[_Iterable[str]] = ..., unique: _Optional[bool] = ...) -> None: ...

class EnsureTableResponse(_message.Message):
    __slots__ = ("created",)
    CREATED_FIELD_NUMBER: _ClassVar[int]
    created: bool
    def __init__(self, created: _Optional[bool] = ...) -> None: ...

class WatchRequest(_message.Message):
    __slots__ = ("context", "table", "where")
    CONTEXT_FIELD_NUMBER: _ClassVar[int]
    TABLE_FIELD_NUMBER: _ClassVar[int]
    WHERE_FIELD_NUMBER: _ClassVar[int]
    context: _context_pb2.RequestContext
    table: str
    where: _table_pb2.Predicate
    def __init__(self, context: _Optional[_Union[_context_pb2.RequestContext, _Mapping]] = ..., table: _Optional[str] = ..., where: _Optional[_Union[_table_pb2.Predicate, _Mapping]] = ...) -> None: ...

class WatchEvent(_message.Message):
    __slots__ = ("kind", "rows")
    class Kind(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = ()
        KIND_UNSPECIFIED: _ClassVar[WatchEvent.Kind]
        KIND_CREATED: _ClassVar[WatchEvent.Kind]
        KIND_UPDATED: _ClassVar[WatchEvent.Kind]
        KIND_DELETED: _ClassVar[WatchEvent.Kind]
    KIND_UNSPECIFIED: WatchEvent.Kind
    KIND_CREATED: WatchEvent.Kind
    KIND_UPDATED: WatchEvent.Kind
    KIND_DELETED: WatchEvent.Kind
    KIND_FIELD_NUMBER: _ClassVar[int]
    ROWS_FIELD_NUMBER: _ClassVar[int]
    kind: WatchEvent.Kind
    rows: bytes
    def __init__(self, kind: _Optional[_Union[WatchEvent.Kind, str]] = ..., rows: _Optional[bytes] = ...) -> None: ...
