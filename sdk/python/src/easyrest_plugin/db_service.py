"""The methods of service DBPlugin as a DBPlugin serves them."""

from collections.abc import Callable, Iterator, Sequence

from easyrest.plugin.v1 import db_pb2, table_pb2

from . import read_requests as read
from .answer_shape import (
    check_size,
    chunks_of,
    expect,
    json_object,
    last_key_of,
    optional_count,
    rows_of,
    text,
)
from .answers import (
    EnsureTableAnswer,
    FunctionAnswer,
    RowsAnswer,
    RowsChunk,
    SchemaAnswer,
)
from .call import Call
from .capability_guard import Guard, capability_guard
from .db_plugin import DBPlugin
from .db_responses import batch_result, change_response, create_response, function_result
from .initial_connection import InitialConnection
from .operation import Operation, Operations, operation
from .plugin_description import db_capabilities, defines
from .plugin_error import PluginError
from .print_rows import AnswerError, describe
from .requests import CallFunctionRequest, QueryRequest, TableGetRequest


class DbService:
    def __init__(self, db: DBPlugin, schemes: Sequence[str]) -> None:
        self._db = db
        self._connection = InitialConnection(schemes, db.init_connection)
        self._guard: Guard = capability_guard(db_capabilities(db))
        self.streams = defines(db, DBPlugin, "table_get_stream")

    @property
    def operations(self) -> Operations:
        """What is answered instead of an optional method that the plugin does not have is a refusal."""
        served: list[tuple[str, type, Callable[..., object]]] = [
            ("InitConnection", db_pb2.InitConnectionRequest, self._init_connection),
            ("TableGet", table_pb2.TableGetRequest, self._table_get),
            ("TableCreate", table_pb2.TableCreateRequest, self._table_create),
            ("TableUpdate", table_pb2.TableUpdateRequest, self._table_update),
            ("TableDelete", table_pb2.TableDeleteRequest, self._table_delete),
            ("GetSchema", db_pb2.GetSchemaRequest, self._get_schema),
            *self._optional("call_function", "CallFunction", db_pb2.CallFunctionRequest, self._call_function),
            *self._optional("query", "Query", db_pb2.QueryRequest, self._query),
            *self._optional("ensure_table", "EnsureTable", db_pb2.EnsureTableRequest, self._ensure_table),
            *self._optional("table_batch", "TableBatch", table_pb2.TableBatchRequest, self._table_batch),
        ]
        return {**refusals, **{name: operation(message, serve, name) for name, message, serve in served}}

    def stream(self, message: bytes, call: Call) -> Iterator[bytes]:
        """TableGetStream: the messages of the chunks."""
        self._connection.require()
        request = read.table_get_request(table_pb2.TableGetRequest.FromString(message))
        self._guard(request)
        method, timezone = "table_get_stream", request.context.timezone
        chunks = self._db.table_get_stream(request, call)
        if not isinstance(chunks, Iterator):
            raise AnswerError(f"{method}: expected a generator of chunks, got {describe(chunks)}")
        try:
            for chunk in chunks:
                total = optional_count(expect(chunk, RowsChunk, method), method, "total")
                for rows, row_count in chunks_of(chunk, method, timezone):
                    yield table_pb2.TableGetChunk(rows=rows, row_count=row_count, total=total).SerializeToString()
                    total = None
        finally:
            # A cursor is closed also when nobody asks for the rest.
            getattr(chunks, "close", lambda: None)()

    def _optional(
        self, method: str, name: str, message: type, serve: Callable[..., object]
    ) -> list[tuple[str, type, Callable[..., object]]]:
        return [(name, message, serve)] if defines(self._db, DBPlugin, method) else []

    def _init_connection(self, message: db_pb2.InitConnectionRequest, call: Call) -> db_pb2.InitConnectionResponse:
        request = read.init_connection_request(message)
        return db_pb2.InitConnectionResponse(server=self._connection.open(request, call))

    def _table_get(self, message: table_pb2.TableGetRequest, call: Call) -> table_pb2.TableGetResponse:
        self._connection.require()
        request = read.table_get_request(message)
        self._guard(request)
        method, timezone = "table_get", request.context.timezone
        answer = expect(self._db.table_get(request, call), RowsAnswer, method)
        rows, row_count = rows_of(answer, method, timezone, limit_of(request))
        check_single(request, row_count)
        return table_pb2.TableGetResponse(
            rows=rows,
            row_count=row_count,
            total=optional_count(answer, method, "total"),
            last_key=last_key_of(answer.last_key, method, timezone),
        )

    def _table_create(self, message: table_pb2.TableCreateRequest, call: Call) -> table_pb2.TableCreateResponse:
        self._connection.require()
        request = read.table_create_request(message)
        self._guard(request)
        return create_response(self._db.table_create(request, call), "table_create", request.context.timezone)

    def _table_update(self, message: table_pb2.TableUpdateRequest, call: Call) -> table_pb2.TableUpdateResponse:
        self._connection.require()
        request = read.table_update_request(message)
        self._guard(request)
        answer = self._db.table_update(request, call)
        return change_response(table_pb2.TableUpdateResponse, answer, "table_update", request.context.timezone)

    def _table_delete(self, message: table_pb2.TableDeleteRequest, call: Call) -> table_pb2.TableDeleteResponse:
        self._connection.require()
        request = read.table_delete_request(message)
        self._guard(request)
        answer = self._db.table_delete(request, call)
        return change_response(table_pb2.TableDeleteResponse, answer, "table_delete", request.context.timezone)

    def _get_schema(self, message: db_pb2.GetSchemaRequest, call: Call) -> db_pb2.GetSchemaResponse:
        self._connection.require()
        method = "get_schema"
        answer = expect(self._db.get_schema(read.get_schema_request(message), call), SchemaAnswer, method)
        schema = b"" if answer.unchanged else json_object(answer.schema, method, "schema")
        version = text(answer.version, f"{method}: version")
        return db_pb2.GetSchemaResponse(schema=schema, version=version, unchanged=bool(answer.unchanged))

    def _call_function(self, message: db_pb2.CallFunctionRequest, call: Call) -> db_pb2.CallFunctionResponse:
        self._connection.require()
        method, request = "call_function", read.call_function_request(message)
        self._guard(request)
        answer = expect(self._db.call_function(request, call), FunctionAnswer, method)
        result, row_count = function_result(answer, method, request.context.timezone)
        check_size(result, limit_of(request))
        total = optional_count(answer, method, "total")
        return db_pb2.CallFunctionResponse(result=result, is_set=answer.is_set, row_count=row_count, total=total)

    def _query(self, message: db_pb2.QueryRequest, call: Call) -> db_pb2.QueryResponse:
        self._connection.require()
        method, request = "query", read.query_request(message)
        answer = expect(self._db.query(request, call), RowsAnswer, method)
        rows, row_count = rows_of(answer, method, request.context.timezone, limit_of(request))
        return db_pb2.QueryResponse(rows=rows, row_count=row_count)

    def _ensure_table(self, message: db_pb2.EnsureTableRequest, call: Call) -> db_pb2.EnsureTableResponse:
        self._connection.require()
        answer = self._db.ensure_table(read.ensure_table_request(message), call)
        return db_pb2.EnsureTableResponse(created=expect(answer, EnsureTableAnswer, "ensure_table").created)

    def _table_batch(self, message: table_pb2.TableBatchRequest, call: Call) -> table_pb2.TableBatchResponse:
        self._connection.require()
        request = read.table_batch_request(message)
        answers = list(self._db.table_batch(request, call))
        if len(answers) != len(request.operations):
            raise AnswerError(f"table_batch: expected {len(request.operations)} answers, got {len(answers)}")
        results = [
            batch_result(batched.operation, answer, f"table_batch: answer {index}", request.context.timezone)
            for index, (batched, answer) in enumerate(zip(request.operations, answers))
        ]
        return table_pb2.TableBatchResponse(results=results)


def refusal(name: str, capability: str) -> Operation:
    def refuse(_request: bytes, _call: Call) -> bytes:
        problem = f"the plugin does not have the capability {capability}"
        raise PluginError("unsupported", problem, details={"capability": capability})

    return Operation(name, refuse)


refusals: Operations = {
    "CallFunction": refusal("CallFunction", "functions"),
    "Query": refusal("Query", "query"),
    "EnsureTable": refusal("EnsureTable", "ensure_table"),
    "TableBatch": refusal("TableBatch", "batch"),
}


def limit_of(request: TableGetRequest | CallFunctionRequest | QueryRequest) -> int:
    """64 MiB, less what surrounds the rows in their message, unless less is asked for."""
    return request.max_reply_bytes or 64 * 1024 * 1024 - 64 * 1024


def check_single(request: TableGetRequest, row_count: int) -> None:
    if request.expect_single and row_count != 1:
        raise PluginError("singular", f"expected exactly one row, found {row_count}")
