"""A condition as SQL."""

from collections.abc import Callable
from typing import Any

from easyrest_plugin import And, Comparison, Or, PluginError, Predicate

from .column import Term

Lookup = Callable[[str], Term]
AddParameter = Callable[[Any], str]


def where_clause(where: Predicate, lookup: Lookup, add: AddParameter) -> str:
    """:param lookup: what a name stands for; raises `unknown_column`
    :param add: takes a value and answers how the statement names it
    """
    match where:
        case Comparison():
            return comparison(where, lookup(where.column), add)
        case And(items):
            return joined(" AND ", [where_clause(item, lookup, add) for item in items], "TRUE")
        case Or(items):
            return joined(" OR ", [where_clause(item, lookup, add) for item in items], "FALSE")
    return f"(NOT {where_clause(where.item, lookup, add)})"


def joined(operator: str, items: list[str], empty: str) -> str:
    return f"({operator.join(items)})" if items else empty


def comparison(where: Comparison, term: Term, add: AddParameter) -> str:
    operator, operands = where.operator, where.operands
    expect_number_of_operands(where)
    if operator in plain:
        return f"({term.comparable} {plain[operator]} {term.operand(operands[0], add)})"
    if operator in patterns:
        return f"({term.as_varchar} {patterns[operator]} {add(operands[0])})"
    if operator == "between":
        low, high = [term.operand(operand, add) for operand in operands]
        return f"({term.comparable} BETWEEN {low} AND {high})"
    if operator == "in":
        values = [term.operand(operand, add) for operand in operands]
        return f"({term.comparable} IN ({', '.join(values)}))" if values else "FALSE"
    if operator == "is":
        return is_kind(term, operands[0])
    raise PluginError("unsupported", f"this plugin does not know the operator {operator}")


plain = {"eq": "=", "neq": "<>", "lt": "<", "lte": "<=", "gt": ">", "gte": ">=", "isdistinct": "IS DISTINCT FROM"}

# Neither has an escape character unless one is named.
patterns = {"like": "LIKE", "ilike": "ILIKE"}


def is_kind(term: Term, operand: str) -> str:
    kinds = {"null": "NULL", "not_null": "NOT NULL"}
    if term.kind == "BOOLEAN":
        kinds |= {"unknown": "NULL", "true": "TRUE", "false": "FALSE"}
    if operand not in kinds:
        problem = f"column {term.name}: expected {', '.join(kinds)} for is, got {operand}"
        raise PluginError("bad_value", problem, details={"column": term.name})
    return f"({term.sql} IS {kinds[operand]})"


def expect_number_of_operands(where: Comparison) -> None:
    expected = {"in": len(where.operands), "between": 2}.get(where.operator, 1)
    if len(where.operands) != expected:
        raise PluginError("bad_value", f"{where.operator}: expected {expected} operands, got {len(where.operands)}")
