"""What a request asks of rows in memory, for databases without a query language."""

from collections.abc import Sequence
from functools import cmp_to_key
from typing import Any

from .answers import RowsAnswer
from .conditions import AggregateProjection, ColumnProjection, OrderTerm, Projection
from .matches import matches
from .plugin_error import PluginError
from .requests import CallFunctionRequest, TableGetRequest
from .row_value import Row, comparable, row_value, value_text


def select_rows(rows: Sequence[Row], request: TableGetRequest | CallFunctionRequest) -> RowsAnswer:
    """where, ordering, page, select, count, of a table or of the rows of a function. Rows hold every column.

    Raises PluginError `unknown_column`, `bad_value` or `unsupported`.
    """
    found = [row for row in rows if matches(row, request.where)]
    start, limit = request.page.offset, request.page.limit
    page = sort_rows(found, request.ordering, request.select)[start : None if limit is None else start + limit]
    return RowsAnswer(project_rows(page, request.select), total=len(found) if request.count == "exact" else None)


def sort_rows(rows: Sequence[Row], ordering: Sequence[OrderTerm], select: Sequence[Projection] = ()) -> list[Row]:
    """A sorted copy, by columns or by aliases of columns in `select`. Raises `unknown_column`."""
    sources = {projection.alias: projection.column for projection in select if isinstance(projection, ColumnProjection)}
    terms = [(sources.get(term.column, term.column), term) for term in ordering]

    def compare(left: Row, right: Row) -> int:
        for column, term in terms:
            order = compare_values(row_value(left, column), row_value(right, column), term)
            if order != 0:
                return order
        return 0

    return sorted(rows, key=cmp_to_key(compare))


def compare_values(left: Any, right: Any, term: OrderTerm) -> int:
    if left is None or right is None:
        return ((left is None) - (right is None)) * (-1 if term.nulls == "first" else 1)
    left, right = comparable(left), comparable(right)
    try:
        order = int(left > right) - int(left < right)
    except TypeError:  # of different kinds: by their texts
        order = int(value_text(left) > value_text(right)) - int(value_text(left) < value_text(right))
    return -order if term.direction == "desc" else order


def project_rows(rows: Sequence[Row], select: Sequence[Projection]) -> Sequence[Row]:
    """The members `select` asks for, in its order and under its aliases; whole rows when it is empty.

    Columns and constant values only. Raises `unknown_column` or `unsupported`.
    """
    if not select:
        return rows
    return [{member.alias: project(row, member) for member in select} for row in rows]


def project(row: Row, projection: Projection) -> Any:
    if isinstance(projection, AggregateProjection) or projection.cast:
        capability = "aggregates" if isinstance(projection, AggregateProjection) else "cast"
        raise PluginError("unsupported", f"this plugin has no {capability}", details={"capability": capability})
    return row_value(row, projection.column) if isinstance(projection, ColumnProjection) else projection.value
