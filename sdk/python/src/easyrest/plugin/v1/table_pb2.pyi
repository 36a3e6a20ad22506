from easyrest.plugin.v1 import context_pb2 as _context_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class Operator(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    OPERATOR_UNSPECIFIED: _ClassVar[Operator]
    OPERATOR_EQ: _ClassVar[Operator]
    OPERATOR_NEQ: _ClassVar[Operator]
    OPERATOR_LT: _ClassVar[Operator]
    OPERATOR_LTE: _ClassVar[Operator]
    OPERATOR_GT: _ClassVar[Operator]
    OPERATOR_GTE: _ClassVar[Operator]
    OPERATOR_LIKE: _ClassVar[Operator]
    OPERATOR_ILIKE: _ClassVar[Operator]
    OPERATOR_IS: _ClassVar[Operator]
    OPERATOR_IN: _ClassVar[Operator]
    OPERATOR_BETWEEN: _ClassVar[Operator]
    OPERATOR_ISDISTINCT: _ClassVar[Operator]

class AggregateFunction(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    AGGREGATE_FUNCTION_UNSPECIFIED: _ClassVar[AggregateFunction]
    AGGREGATE_FUNCTION_COUNT: _ClassVar[AggregateFunction]
    AGGREGATE_FUNCTION_SUM: _ClassVar[AggregateFunction]
    AGGREGATE_FUNCTION_AVG: _ClassVar[AggregateFunction]
    AGGREGATE_FUNCTION_MIN: _ClassVar[AggregateFunction]
    AGGREGATE_FUNCTION_MAX: _ClassVar[AggregateFunction]

class Direction(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    DIRECTION_UNSPECIFIED: _ClassVar[Direction]
    DIRECTION_ASC: _ClassVar[Direction]
    DIRECTION_DESC: _ClassVar[Direction]

class Nulls(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    NULLS_UNSPECIFIED: _ClassVar[Nulls]
    NULLS_FIRST: _ClassVar[Nulls]
    NULLS_LAST: _ClassVar[Nulls]

class CountMode(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    COUNT_MODE_UNSPECIFIED: _ClassVar[CountMode]
    COUNT_MODE_EXACT: _ClassVar[CountMode]

class Returning(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    RETURNING_UNSPECIFIED: _ClassVar[Returning]
    RETURNING_NONE: _ClassVar[Returning]
    RETURNING_KEYS: _ClassVar[Returning]
    RETURNING_ROWS: _ClassVar[Returning]

class ConflictAction(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    CONFLICT_ACTION_UNSPECIFIED: _ClassVar[ConflictAction]
    CONFLICT_ACTION_MERGE: _ClassVar[ConflictAction]
    CONFLICT_ACTION_IGNORE: _ClassVar[ConflictAction]
OPERATOR_UNSPECIFIED: Operator
OPERATOR_EQ: Operator
OPERATOR_NEQ: Operator
OPERATOR_LT: Operator
OPERATOR_LTE: Operator
OPERATOR_GT: Operator
OPERATOR_GTE: Operator
OPERATOR_LIKE: Operator
OPERATOR_ILIKE: Operator
OPERATOR_IS: Operator
OPERATOR_IN: Operator
OPERATOR_BETWEEN: Operator
OPERATOR_ISDISTINCT: Operator
AGGREGATE_FUNCTION_UNSPECIFIED: AggregateFunction
AGGREGATE_FUNCTION_COUNT: AggregateFunction
AGGREGATE_FUNCTION_SUM: AggregateFunction
AGGREGATE_FUNCTION_AVG: AggregateFunction
AGGREGATE_FUNCTION_MIN: AggregateFunction
AGGREGATE_FUNCTION_MAX: AggregateFunction
DIRECTION_UNSPECIFIED: Direction
DIRECTION_ASC: Direction
DIRECTION_DESC: Direction
NULLS_UNSPECIFIED: Nulls
NULLS_FIRST: Nulls
NULLS_LAST: Nulls
COUNT_MODE_UNSPECIFIED: CountMode
COUNT_MODE_EXACT: CountMode
RETURNING_UNSPECIFIED: Returning
RETURNING_NONE: Returning
RETURNING_KEYS: Returning
RETURNING_ROWS: Returning
CONFLICT_ACTION_UNSPECIFIED: ConflictAction
CONFLICT_ACTION_MERGE: ConflictAction
CONFLICT_ACTION_IGNORE: ConflictAction

class Predicate(_message.Message):
    __slots__ = ("comparison",)
    COMPARISON_FIELD_NUMBER: _ClassVar[int]
    AND_FIELD_NUMBER: _ClassVar[int]
    OR_FIELD_NUMBER: _ClassVar[int]
    NOT_FIELD_NUMBER: _ClassVar[int]
    comparison: Comparison
    def __init__(self, comparison: _Optional[_Union[Comparison, _Mapping]] = ..., **kwargs) -> None: ...

class PredicateList(_message.Message):
    __slots__ = ("items",)
    ITEMS_FIELD_NUMBER: _ClassVar[int]
    items: _containers.RepeatedCompositeFieldContainer[Predicate]
    def __init__(self, items: _Optional[_Iterable[_Union[Predicate, _Mapping]]] = ...) -> None: ...

class Comparison(_message.Message):
    __slots__ = ("column", "operator", "operands")
    COLUMN_FIELD_NUMBER: _ClassVar[int]
    OPERATOR_FIELD_NUMBER: _ClassVar[int]
    OPERANDS_FIELD_NUMBER: _ClassVar[int]
    column: str
    operator: Operator
    operands: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, column: _Optional[str] = ..., operator: _Optional[_Union[Operator, str]] = ..., operands: _Optional[_Iterable[str]] = ...) -> None: ...

class Projection(_message.Message):
    __slots__ = ("alias", "column", "aggregate", "value", "cast")
    ALIAS_FIELD_NUMBER: _ClassVar[int]
    COLUMN_FIELD_NUMBER: _ClassVar[int]
    AGGREGATE_FIELD_NUMBER: _ClassVar[int]
    VALUE_FIELD_NUMBER: _ClassVar[int]
    CAST_FIELD_NUMBER: _ClassVar[int]
    alias: str
    column: str
    aggregate: Aggregate
    value: str
    cast: str
    def __init__(self, alias: _Optional[str] = ..., column: _Optional[str] = ..., aggregate: _Optional[_Union[Aggregate, _Mapping]] = ..., value: _Optional[str] = ..., cast: _Optional[str] = ...) -> None: ...

class Aggregate(_message.Message):
    __slots__ = ("function", "column", "distinct")
    FUNCTION_FIELD_NUMBER: _ClassVar[int]
    COLUMN_FIELD_NUMBER: _ClassVar[int]
    DISTINCT_FIELD_NUMBER: _ClassVar[int]
    function: AggregateFunction
    column: str
    distinct: bool
    def __init__(self, function: _Optional[_Union[AggregateFunction, str]] = ..., column: _Optional[str] = ..., distinct: _Optional[bool] = ...) -> None: ...

class OrderTerm(_message.Message):
    __slots__ = ("column", "direction", "nulls")
    COLUMN_FIELD_NUMBER: _ClassVar[int]
    DIRECTION_FIELD_NUMBER: _ClassVar[int]
    NULLS_FIELD_NUMBER: _ClassVar[int]
    column: str
    direction: Direction
    nulls: Nulls
    def __init__(self, column: _Optional[str] = ..., direction: _Optional[_Union[Direction, str]] = ..., nulls: _Optional[_Union[Nulls, str]] = ...) -> None: ...

class Page(_message.Message):
    __slots__ = ("limit", "offset")
    LIMIT_FIELD_NUMBER: _ClassVar[int]
    OFFSET_FIELD_NUMBER: _ClassVar[int]
    limit: int
    offset: int
    def __init__(self, limit: _Optional[int] = ..., offset: _Optional[int] = ...) -> None: ...

class TableGetRequest(_message.Message):
    __slots__ = ("context", "table", "select", "where", "grouping", "having", "distinct", "ordering", "page", "count", "last_key_columns", "expect_single", "max_reply_bytes")
    CONTEXT_FIELD_NUMBER: _ClassVar[int]
    TABLE_FIELD_NUMBER: _ClassVar[int]
    SELECT_FIELD_NUMBER: _ClassVar[int]
    WHERE_FIELD_NUMBER: _ClassVar[int]
    GROUPING_FIELD_NUMBER: _ClassVar[int]
    HAVING_FIELD_NUMBER: _ClassVar[int]
    DISTINCT_FIELD_NUMBER: _ClassVar[int]
    ORDERING_FIELD_NUMBER: _ClassVar[int]
    PAGE_FIELD_NUMBER: _ClassVar[int]
    COUNT_FIELD_NUMBER: _ClassVar[int]
    LAST_KEY_COLUMNS_FIELD_NUMBER: _ClassVar[int]
    EXPECT_SINGLE_FIELD_NUMBER: _ClassVar[int]
    MAX_REPLY_BYTES_FIELD_NUMBER: _ClassVar[int]
    context: _context_pb2.RequestContext
    table: str
    select: _containers.RepeatedCompositeFieldContainer[Projection]
    where: Predicate
    grouping: _containers.RepeatedScalarFieldContainer[str]
    having: Predicate
    distinct: bool
    ordering: _containers.RepeatedCompositeFieldContainer[OrderTerm]
    page: Page
    count: CountMode
    last_key_columns: _containers.RepeatedScalarFieldContainer[str]
    expect_single: bool
    max_reply_bytes: int
    def __init__(self, context: _Optional[_Union[_context_pb2.RequestContext, _Mapping]] = ..., table: _Optional[str] = ..., select: _Optional[_Iterable[_Union[Projection, _Mapping]]] = ..., where: _Optional[_Union[Predicate, _Mapping]] = ..., grouping: _Optional[_Iterable[str]] = ..., having: _Optional[_Union[Predicate, _Mapping]] = ..., distinct: _Optional[bool] = ..., ordering: _Optional[_Iterable[_Union[OrderTerm, _Mapping]]] = ..., page: _Optional[_Union[Page, _Mapping]] = ..., count: _Optional[_Union[CountMode, str]] = ..., last_key_columns: _Optional[_Iterable[str]] = ..., expect_single: _Optional[bool] = ..., max_reply_bytes: _Optional[int] = ...) -> None: ...

class TableGetResponse(_message.Message):
    __slots__ = ("rows", "row_count", "total", "last_key")
    ROWS_FIELD_NUMBER: _ClassVar[int]
    ROW_COUNT_FIELD_NUMBER: _ClassVar[int]
    TOTAL_FIELD_NUMBER: _ClassVar[int]
    LAST_KEY_FIELD_NUMBER: _ClassVar[int]
    rows: bytes
    row_count: int
    total: int
    last_key: bytes
    def __init__(self, rows: _Optional[bytes] = ..., row_count: _Optional[int] = ..., total: _Optional[int] = ..., last_key: _Optional[bytes] = ...) -> None: ...

class TableGetChunk(_message.Message):
    __slots__ = ("rows", "row_count", "total")
    ROWS_FIELD_NUMBER: _ClassVar[int]
    ROW_COUNT_FIELD_NUMBER: _ClassVar[int]
    TOTAL_FIELD_NUMBER: _ClassVar[int]
    rows: bytes
    row_count: int
    total: int
    def __init__(self, rows: _Optional[bytes] = ..., row_count: _Optional[int] = ..., total: _Optional[int] = ...) -> None: ...

class TableCreateRequest(_message.Message):
    __slots__ = ("context", "table", "rows", "row_count", "columns", "missing_default", "conflict", "returning", "select", "expect_single", "max_affected", "overwrite_when")
    CONTEXT_FIELD_NUMBER: _ClassVar[int]
    TABLE_FIELD_NUMBER: _ClassVar[int]
    ROWS_FIELD_NUMBER: _ClassVar[int]
    ROW_COUNT_FIELD_NUMBER: _ClassVar[int]
    COLUMNS_FIELD_NUMBER: _ClassVar[int]
    MISSING_DEFAULT_FIELD_NUMBER: _ClassVar[int]
    CONFLICT_FIELD_NUMBER: _ClassVar[int]
    RETURNING_FIELD_NUMBER: _ClassVar[int]
    SELECT_FIELD_NUMBER: _ClassVar[int]
    EXPECT_SINGLE_FIELD_NUMBER: _ClassVar[int]
    MAX_AFFECTED_FIELD_NUMBER: _ClassVar[int]
    OVERWRITE_WHEN_FIELD_NUMBER: _ClassVar[int]
    context: _context_pb2.RequestContext
    table: str
    rows: bytes
    row_count: int
    columns: _containers.RepeatedScalarFieldContainer[str]
    missing_default: bool
    conflict: Conflict
    returning: Returning
    select: _containers.RepeatedCompositeFieldContainer[Projection]
    expect_single: bool
    max_affected: int
    overwrite_when: Predicate
    def __init__(self, context: _Optional[_Union[_context_pb2.RequestContext, _Mapping]] = ..., table: _Optional[str] = ..., rows: _Optional[bytes] = ..., row_count: _Optional[int] = ..., columns: _Optional[_Iterable[str]] = ..., missing_default: _Optional[bool] = ..., conflict: _Optional[_Union[Conflict, _Mapping]] = ..., returning: _Optional[_Union[Returning, str]] = ..., select: _Optional[_Iterable[_Union[Projection, _Mapping]]] = ..., expect_single: _Optional[bool] = ..., max_affected: _Optional[int] = ..., overwrite_when: _Optional[_Union[Predicate, _Mapping]] = ...) -> None: ...

class Conflict(_message.Message):
    __slots__ = ("target", "action", "keep")
    TARGET_FIELD_NUMBER: _ClassVar[int]
    ACTION_FIELD_NUMBER: _ClassVar[int]
    KEEP_FIELD_NUMBER: _ClassVar[int]
    target: _containers.RepeatedScalarFieldContainer[str]
    action: ConflictAction
    keep: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, target: _Optional[_Iterable[str]] = ..., action: _Optional[_Union[ConflictAction, str]] = ..., keep: _Optional[_Iterable[str]] = ...) -> None: ...

class TableCreateResponse(_message.Message):
    __slots__ = ("rows", "row_count", "affected", "inserted", "keys")
    ROWS_FIELD_NUMBER: _ClassVar[int]
    ROW_COUNT_FIELD_NUMBER: _ClassVar[int]
    AFFECTED_FIELD_NUMBER: _ClassVar[int]
    INSERTED_FIELD_NUMBER: _ClassVar[int]
    KEYS_FIELD_NUMBER: _ClassVar[int]
    rows: bytes
    row_count: int
    affected: int
    inserted: int
    keys: bytes
    def __init__(self, rows: _Optional[bytes] = ..., row_count: _Optional[int] = ..., affected: _Optional[int] = ..., inserted: _Optional[int] = ..., keys: _Optional[bytes] = ...) -> None: ...

class TableUpdateRequest(_message.Message):
    __slots__ = ("context", "table", "where", "data", "returning", "select", "expect_single", "max_affected", "if_match", "if_match_select")
    CONTEXT_FIELD_NUMBER: _ClassVar[int]
    TABLE_FIELD_NUMBER: _ClassVar[int]
    WHERE_FIELD_NUMBER: _ClassVar[int]
    DATA_FIELD_NUMBER: _ClassVar[int]
    RETURNING_FIELD_NUMBER: _ClassVar[int]
    SELECT_FIELD_NUMBER: _ClassVar[int]
    EXPECT_SINGLE_FIELD_NUMBER: _ClassVar[int]
    MAX_AFFECTED_FIELD_NUMBER: _ClassVar[int]
    IF_MATCH_FIELD_NUMBER: _ClassVar[int]
    IF_MATCH_SELECT_FIELD_NUMBER: _ClassVar[int]
    context: _context_pb2.RequestContext
    table: str
    where: Predicate
    data: bytes
    returning: Returning
    select: _containers.RepeatedCompositeFieldContainer[Projection]
    expect_single: bool
    max_affected: int
    if_match: _containers.RepeatedScalarFieldContainer[str]
    if_match_select: _containers.RepeatedCompositeFieldContainer[Projection]
    def __init__(self, context: _Optional[_Union[_context_pb2.RequestContext, _Mapping]] = ..., table: _Optional[str] = ..., where: _Optional[_Union[Predicate, _Mapping]] = ..., data: _Optional[bytes] = ..., returning: _Optional[_Union[Returning, str]] = ..., select: _Optional[_Iterable[_Union[Projection, _Mapping]]] = ..., expect_single: _Optional[bool] = ..., max_affected: _Optional[int] = ..., if_match: _Optional[_Iterable[str]] = ..., if_match_select: _Optional[_Iterable[_Union[Projection, _Mapping]]] = ...) -> None: ...

class TableUpdateResponse(_message.Message):
    __slots__ = ("affected", "rows", "row_count")
    AFFECTED_FIELD_NUMBER: _ClassVar[int]
    ROWS_FIELD_NUMBER: _ClassVar[int]
    ROW_COUNT_FIELD_NUMBER: _ClassVar[int]
    affected: int
    rows: bytes
    row_count: int
    def __init__(self, affected: _Optional[int] = ..., rows: _Optional[bytes] = ..., row_count: _Optional[int] = ...) -> None: ...

class TableDeleteRequest(_message.Message):
    __slots__ = ("context", "table", "where", "returning", "select", "expect_single", "max_affected", "if_match", "if_match_select")
    CONTEXT_FIELD_NUMBER: _ClassVar[int]
    TABLE_FIELD_NUMBER: _ClassVar[int]
    WHERE_FIELD_NUMBER: _ClassVar[int]
    RETURNING_FIELD_NUMBER: _ClassVar[int]
    SELECT_FIELD_NUMBER: _ClassVar[int]
    EXPECT_SINGLE_FIELD_NUMBER: _ClassVar[int]
    MAX_AFFECTED_FIELD_NUMBER: _ClassVar[int]
    IF_MATCH_FIELD_NUMBER: _ClassVar[int]
    IF_MATCH_SELECT_FIELD_NUMBER: _ClassVar[int]
    context: _context_pb2.RequestContext
    table: str
    where: Predicate
    returning: Returning
    select: _containers.RepeatedCompositeFieldContainer[Projection]
    expect_single: bool
    max_affected: int
    if_match: _containers.RepeatedScalarFieldContainer[str]
    if_match_select: _containers.RepeatedCompositeFieldContainer[Projection]
    def __init__(self, context: _Optional[_Union[_context_pb2.RequestContext, _Mapping]] = ..., table: _Optional[str] = ..., where: _Optional[_Union[Predicate, _Mapping]] = ..., returning: _Optional[_Union[Returning, str]] = ..., select: _Optional[_Iterable[_Union[Projection, _Mapping]]] = ..., expect_single: _Optional[bool] = ..., max_affected: _Optional[int] = ..., if_match: _Optional[_Iterable[str]] = ..., if_match_select: _Optional[_Iterable[_Union[Projection, _Mapping]]] = ...) -> None: ...

class TableDeleteResponse(_message.Message):
    __slots__ = ("affected", "rows", "row_count")
    AFFECTED_FIELD_NUMBER: _ClassVar[int]
    ROWS_FIELD_NUMBER: _ClassVar[int]
    ROW_COUNT_FIELD_NUMBER: _ClassVar[int]
    affected: int
    rows: bytes
    row_count: int
    def __init__(self, affected: _Optional[int] = ..., rows: _Optional[bytes] = ..., row_count: _Optional[int] = ...) -> None: ...

class TableBatchRequest(_message.Message):
    __slots__ = ("context", "operations")
    CONTEXT_FIELD_NUMBER: _ClassVar[int]
    OPERATIONS_FIELD_NUMBER: _ClassVar[int]
    context: _context_pb2.RequestContext
    operations: _containers.RepeatedCompositeFieldContainer[BatchOperation]
    def __init__(self, context: _Optional[_Union[_context_pb2.RequestContext, _Mapping]] = ..., operations: _Optional[_Iterable[_Union[BatchOperation, _Mapping]]] = ...) -> None: ...

class BatchOperation(_message.Message):
    __slots__ = ("create", "update", "delete", "expect_affected")
    CREATE_FIELD_NUMBER: _ClassVar[int]
    UPDATE_FIELD_NUMBER: _ClassVar[int]
    DELETE_FIELD_NUMBER: _ClassVar[int]
    EXPECT_AFFECTED_FIELD_NUMBER: _ClassVar[int]
    create: TableCreateRequest
    update: TableUpdateRequest
    delete: TableDeleteRequest
    expect_affected: int
    def __init__(self, create: _Optional[_Union[TableCreateRequest, _Mapping]] = ..., update: _Optional[_Union[TableUpdateRequest, _Mapping]] = ..., delete: _Optional[_Union[TableDeleteRequest, _Mapping]] = ..., expect_affected: _Optional[int] = ...) -> None: ...

class TableBatchResponse(_message.Message):
    __slots__ = ("results",)
    RESULTS_FIELD_NUMBER: _ClassVar[int]
    results: _containers.RepeatedCompositeFieldContainer[BatchResult]
    def __init__(self, results: _Optional[_Iterable[_Union[BatchResult, _Mapping]]] = ...) -> None: ...

class BatchResult(_message.Message):
    __slots__ = ("create", "update", "delete")
    CREATE_FIELD_NUMBER: _ClassVar[int]
    UPDATE_FIELD_NUMBER: _ClassVar[int]
    DELETE_FIELD_NUMBER: _ClassVar[int]
    create: TableCreateResponse
    update: TableUpdateResponse
    delete: TableDeleteResponse
    def __init__(self, create: _Optional[_Union[TableCreateResponse, _Mapping]] = ..., update: _Optional[_Union[TableUpdateResponse, _Mapping]] = ..., delete: _Optional[_Union[TableDeleteResponse, _Mapping]] = ...) -> None: ...
