"""What handlers of a database answer, checked, as messages of the contract."""

from typing import TypeVar

from easyrest.plugin.v1 import table_pb2

from .answer_shape import count, expect, iterable_rows, json_of, keys_of, optional_count, rows_of
from .answers import ChangeAnswer, CreateAnswer, FunctionAnswer
from .check_write import WriteRequest
from .print_rows import print_json, print_rows
from .requests import TableCreateRequest, TableUpdateRequest

Response = TypeVar("Response", table_pb2.TableUpdateResponse, table_pb2.TableDeleteResponse)


def create_response(answer: object, method: str, timezone: str) -> table_pb2.TableCreateResponse:
    created = expect(answer, CreateAnswer, method)
    rows, row_count = rows_of(created, method, timezone)
    affected = count(created, method, "affected")
    inserted = optional_count(created, method, "inserted")
    return table_pb2.TableCreateResponse(
        rows=rows,
        row_count=row_count,
        affected=affected,
        # Without conflict handling every affected row is a new one.
        inserted=affected if inserted is None else inserted,
        keys=keys_of(created.keys, method, timezone),
    )


def change_response(message: type[Response], answer: object, method: str, timezone: str) -> Response:
    changed = expect(answer, ChangeAnswer, method)
    rows, row_count = rows_of(changed, method, timezone)
    return message(affected=count(changed, method, "affected"), rows=rows, row_count=row_count)


def function_result(answer: FunctionAnswer, method: str, timezone: str) -> tuple[bytes, int]:
    if isinstance(answer.result, bytes) and answer.is_set:
        return json_of(answer.result, method, "result", b"[", b"]"), count(answer, method, "row_count")
    if isinstance(answer.result, bytes) and answer.result:
        return answer.result, 0
    if answer.is_set:
        return print_rows(iterable_rows(answer.result, method), timezone, method)
    return print_json(answer.result, timezone, method), 0


def batch_result(request: WriteRequest, answer: object, origin: str, timezone: str) -> table_pb2.BatchResult:
    if isinstance(request, TableCreateRequest):
        return table_pb2.BatchResult(create=create_response(answer, origin, timezone))
    if isinstance(request, TableUpdateRequest):
        updated = change_response(table_pb2.TableUpdateResponse, answer, origin, timezone)
        return table_pb2.BatchResult(update=updated)
    deleted = change_response(table_pb2.TableDeleteResponse, answer, origin, timezone)
    return table_pb2.BatchResult(delete=deleted)
