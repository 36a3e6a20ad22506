"""Messages of the contract as the requests that handlers get."""

from typing import cast

from easyrest.plugin.v1 import cache_pb2, context_pb2, db_pb2, table_pb2

from .enumeration import names
from .read_conditions import order_terms, page, predicate, projections
from .request_context import RequestContext
from .requests import (
    BatchOperation,
    CacheDeleteRequest,
    CacheGetRequest,
    CacheSetRequest,
    CallFunctionRequest,
    ColumnDefinition,
    ColumnType,
    Conflict,
    ConflictAction,
    CountMode,
    EnsureTableRequest,
    GetSchemaRequest,
    IndexDefinition,
    InitConnectionRequest,
    QueryRequest,
    Returning,
    TableBatchRequest,
    TableCreateRequest,
    TableDeleteRequest,
    TableGetRequest,
    TableUpdateRequest,
)


def init_connection_request(
    message: db_pb2.InitConnectionRequest | cache_pb2.CacheInitConnectionRequest,
) -> InitConnectionRequest:
    return InitConnectionRequest(message.uri, message.connection_name)


def table_get_request(message: table_pb2.TableGetRequest) -> TableGetRequest:
    return TableGetRequest(
        table=message.table,
        context=request_context(message.context),
        select=projections(message.select),
        where=predicate(message.where) if message.HasField("where") else None,
        grouping=tuple(message.grouping),
        having=predicate(message.having) if message.HasField("having") else None,
        distinct=message.distinct,
        ordering=order_terms(message.ordering),
        page=page(message.page),
        count=count_mode(message.count),
        last_key_columns=tuple(message.last_key_columns),
        expect_single=message.expect_single,
        max_reply_bytes=message.max_reply_bytes,
    )


def table_create_request(message: table_pb2.TableCreateRequest) -> TableCreateRequest:
    return TableCreateRequest(
        table=message.table,
        context=request_context(message.context),
        rows=message.rows,
        row_count=message.row_count,
        columns=tuple(message.columns),
        missing_default=message.missing_default,
        conflict=conflict(message.conflict) if message.HasField("conflict") else None,
        returning=returnings.get(message.returning, "rows"),
        select=projections(message.select),
        expect_single=message.expect_single,
        max_affected=message.max_affected if message.HasField("max_affected") else None,
        overwrite_when=predicate(message.overwrite_when) if message.HasField("overwrite_when") else None,
    )


def table_update_request(message: table_pb2.TableUpdateRequest) -> TableUpdateRequest:
    return TableUpdateRequest(
        table=message.table,
        context=request_context(message.context),
        where=predicate(message.where) if message.HasField("where") else None,
        data=message.data,
        returning=returnings.get(message.returning, "none"),
        select=projections(message.select),
        expect_single=message.expect_single,
        max_affected=message.max_affected if message.HasField("max_affected") else None,
        if_match=tuple(message.if_match),
        if_match_select=projections(message.if_match_select),
    )


def table_delete_request(message: table_pb2.TableDeleteRequest) -> TableDeleteRequest:
    return TableDeleteRequest(
        table=message.table,
        context=request_context(message.context),
        where=predicate(message.where) if message.HasField("where") else None,
        returning=returnings.get(message.returning, "none"),
        select=projections(message.select),
        expect_single=message.expect_single,
        max_affected=message.max_affected if message.HasField("max_affected") else None,
        if_match=tuple(message.if_match),
        if_match_select=projections(message.if_match_select),
    )


def call_function_request(message: db_pb2.CallFunctionRequest) -> CallFunctionRequest:
    return CallFunctionRequest(
        function=message.function,
        context=request_context(message.context),
        arguments=message.arguments,
        select=projections(message.select),
        where=predicate(message.where) if message.HasField("where") else None,
        ordering=order_terms(message.ordering),
        page=page(message.page),
        max_reply_bytes=message.max_reply_bytes,
        count=count_mode(message.count),
        expect_set=message.expect_set,
        expect_single=message.expect_single,
        max_affected=message.max_affected if message.HasField("max_affected") else None,
    )


def get_schema_request(message: db_pb2.GetSchemaRequest) -> GetSchemaRequest:
    return GetSchemaRequest(request_context(message.context), message.known_version)


def query_request(message: db_pb2.QueryRequest) -> QueryRequest:
    context = request_context(message.context)
    return QueryRequest(message.statement, context, message.max_rows, message.max_reply_bytes)


def ensure_table_request(message: db_pb2.EnsureTableRequest) -> EnsureTableRequest:
    return EnsureTableRequest(
        table=message.table,
        context=request_context(message.context),
        columns=tuple(column_definition(column) for column in message.columns),
        primary_key=tuple(message.primary_key),
        indexes=tuple(IndexDefinition(index.name, tuple(index.columns), index.unique) for index in message.indexes),
    )


def table_batch_request(message: table_pb2.TableBatchRequest) -> TableBatchRequest:
    operations = tuple(batch_operation(operation) for operation in message.operations)
    return TableBatchRequest(request_context(message.context), operations)


def cache_get_request(message: cache_pb2.CacheGetRequest) -> CacheGetRequest:
    return CacheGetRequest(message.key)


def cache_set_request(message: cache_pb2.CacheSetRequest) -> CacheSetRequest:
    return CacheSetRequest(message.key, message.value, message.ttl_ms)


def cache_delete_request(message: cache_pb2.CacheDeleteRequest) -> CacheDeleteRequest:
    return CacheDeleteRequest(message.key)


def request_context(message: context_pb2.RequestContext) -> RequestContext:
    return RequestContext(
        user_id=message.user_id,
        timezone=message.timezone or "UTC",
        tx_end="rollback" if message.tx_end == context_pb2.TRANSACTION_END_ROLLBACK else "commit",
        read_only=message.read_only,
        ctx=message.ctx,
    )


def count_mode(number: int) -> CountMode:
    return "exact" if number == table_pb2.COUNT_MODE_EXACT else "none"


def conflict(message: table_pb2.Conflict) -> Conflict:
    action = conflict_actions.get(message.action, "unknown")
    return Conflict(tuple(message.target), action, tuple(message.keep))


def column_definition(message: db_pb2.ColumnDefinition) -> ColumnDefinition:
    kind = column_types.get(message.type, "unknown")
    return ColumnDefinition(message.name, kind, message.max_length, message.nullable, message.default_json)


def batch_operation(message: table_pb2.BatchOperation) -> BatchOperation:
    expected = message.expect_affected if message.HasField("expect_affected") else None
    match message.WhichOneof("operation"):
        case "update":
            return BatchOperation(table_update_request(message.update), expected)
        case "delete":
            return BatchOperation(table_delete_request(message.delete), expected)
    return BatchOperation(table_create_request(message.create), expected)


conflict_actions = cast("dict[int, ConflictAction]", names(table_pb2.ConflictAction, "CONFLICT_ACTION_"))
column_types = cast("dict[int, ColumnType]", names(db_pb2.ColumnType, "COLUMN_TYPE_"))
returnings = cast("dict[int, Returning]", names(table_pb2.Returning, "RETURNING_"))
