"""Whether a row in memory meets a condition, for plugins whose data has no query language of its own."""

import re
from collections.abc import Callable
from typing import Any

from .conditions import And, Comparison, Or, Predicate
from .plugin_error import PluginError
from .row_value import Row, comparable, operand_value, row_value, value_text


def matches(row: Row, where: Predicate | None) -> bool:
    """Every operator, and SQL's three-valued logic: a comparison with None is unknown, and so is its negation.

    No condition is met by every row. Rows hold every column of their table. Raises `unknown_column` or `bad_value`.
    """
    return where is None or truth(row, where) == 1


def truth(row: Row, where: Predicate) -> float:
    """0 is false, 1 is true, and a half is unknown: `and` is the least of its items, `or` the greatest."""
    match where:
        case Comparison():
            return comparison_truth(row_value(row, where.column), where)
        case And(items):
            return min([truth(row, item) for item in items], default=1)
        case Or(items):
            return max([truth(row, item) for item in items], default=0)
    return 1 - truth(row, where.item)


unknown = 0.5


def comparison_truth(value: Any, comparison: Comparison) -> float:
    test = tests.get(comparison.operator)
    if test is None:
        raise PluginError("unsupported", f"this plugin does not know the operator {comparison.operator}")
    if value is None and comparison.operator not in ("is", "isdistinct"):
        return 0 if comparison.operator == "in" and not comparison.operands else unknown
    return 1 if test(value, comparison) else 0


Test = Callable[[Any, Comparison], bool]


def compared(holds: Callable[[Any, Any], bool]) -> Test:
    def test(value: Any, comparison: Comparison) -> bool:
        try:
            return holds(comparable(value), operand(value, comparison))
        except TypeError:  # a time with zone and one without
            return False

    return test


def operand(value: Any, comparison: Comparison, index: int = 0) -> Any:
    if index >= len(comparison.operands):
        raise PluginError("bad_value", f"{comparison.operator}: expected more than {index} operands")
    return operand_value(value, comparison.operands[index], comparison.column)


def is_in(value: Any, comparison: Comparison) -> bool:
    return any(comparable(value) == operand(value, comparison, index) for index in range(len(comparison.operands)))


def is_between(value: Any, comparison: Comparison) -> bool:
    return bool(operand(value, comparison) <= comparable(value) <= operand(value, comparison, 1))


def is_kind(value: Any, comparison: Comparison) -> bool:
    match comparison.operands[0]:
        case "null" | "unknown":
            return value is None
        case "not_null":
            return value is not None
        case wanted:
            return isinstance(value, bool) and value_text(value) == wanted


def is_like(flags: re.RegexFlag) -> Test:
    def test(value: Any, comparison: Comparison) -> bool:
        return like_pattern(comparison.operands[0], flags).fullmatch(value_text(value)) is not None

    return test


def like_pattern(pattern: str, flags: re.RegexFlag) -> re.Pattern[str]:
    """% any text, _ any character. `%` gives back nothing it has passed, so no pattern takes more than text times
    pattern steps: between two `%` the first place that fits is the right one."""
    first, *rest = [re.escape(part).replace("_", ".") for part in re.sub("%+", "%", pattern).split("%")]
    if not rest:
        return re.compile(first, flags)
    middle = "".join(f"(?>.*?{part})" for part in rest[:-1])
    return re.compile(f"{first}{middle}.*{rest[-1]}", flags)


tests: dict[str, Test] = {
    "eq": compared(lambda value, operand: bool(value == operand)),
    "neq": compared(lambda value, operand: bool(value != operand)),
    "lt": compared(lambda value, operand: bool(value < operand)),
    "lte": compared(lambda value, operand: bool(value <= operand)),
    "gt": compared(lambda value, operand: bool(value > operand)),
    "gte": compared(lambda value, operand: bool(value >= operand)),
    "isdistinct": lambda value, comparison: value is None or tests["neq"](value, comparison),
    "in": is_in,
    "between": is_between,
    "like": is_like(re.DOTALL),
    "ilike": is_like(re.DOTALL | re.IGNORECASE),
    "is": is_kind,
}
