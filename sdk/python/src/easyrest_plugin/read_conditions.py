"""Messages of conditions, projections, order and pages as what handlers get."""

from collections.abc import Sequence
from typing import cast

from easyrest.plugin.v1 import table_pb2

from .conditions import (
    AggregateFunction,
    AggregateProjection,
    And,
    ColumnProjection,
    Comparison,
    Not,
    Operator,
    Or,
    OrderTerm,
    Page,
    Predicate,
    Projection,
    ValueProjection,
)
from .enumeration import names


def predicate(message: table_pb2.Predicate) -> Predicate:
    """A condition without a kind is an empty `and`, which is true."""
    match message.WhichOneof("kind"):
        case "comparison":
            comparison = message.comparison
            operator = operators.get(comparison.operator, "unknown")
            return Comparison(comparison.column, operator, tuple(comparison.operands))
        case "or":
            return Or(predicates(getattr(message, "or")))
        case "not":
            return Not(predicate(getattr(message, "not")))
    return And(predicates(getattr(message, "and")))


def predicates(message: table_pb2.PredicateList) -> Sequence[Predicate]:
    return tuple(predicate(item) for item in message.items)


def projections(messages: Sequence[table_pb2.Projection]) -> Sequence[Projection]:
    return tuple(projection(message) for message in messages)


def projection(message: table_pb2.Projection) -> Projection:
    match message.WhichOneof("source"):
        case "aggregate":
            source = message.aggregate
            function = aggregate_functions.get(source.function, "unknown")
            return AggregateProjection(message.alias, function, source.column, source.distinct, message.cast)
        case "value":
            return ValueProjection(message.alias, message.value, message.cast)
    return ColumnProjection(message.alias, message.column, message.cast)


def order_terms(messages: Sequence[table_pb2.OrderTerm]) -> Sequence[OrderTerm]:
    return tuple(order_term(message) for message in messages)


def order_term(message: table_pb2.OrderTerm) -> OrderTerm:
    descending = message.direction == table_pb2.DIRECTION_DESC
    # Unless the request says otherwise nulls come last ascending and first descending.
    first = message.nulls == table_pb2.NULLS_FIRST or (message.nulls == table_pb2.NULLS_UNSPECIFIED and descending)
    return OrderTerm(message.column, "desc" if descending else "asc", "first" if first else "last")


def page(message: table_pb2.Page) -> Page:
    return Page(message.limit if message.HasField("limit") else None, message.offset)


operators = cast("dict[int, Operator]", names(table_pb2.Operator, "OPERATOR_"))
aggregate_functions = cast("dict[int, AggregateFunction]", names(table_pb2.AggregateFunction, "AGGREGATE_FUNCTION_"))
