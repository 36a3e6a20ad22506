"""What a request asks of rows: conditions, projection, order, page."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

Operator = Literal[
    "eq", "neq", "lt", "lte", "gt", "gte", "like", "ilike", "is", "in", "between", "isdistinct", "unknown"
]
AggregateFunction = Literal["count", "sum", "avg", "min", "max", "unknown"]
Direction = Literal["asc", "desc"]
Nulls = Literal["first", "last"]


@dataclass(frozen=True, slots=True)
class Comparison:
    """One column against operands, which are text as a URL holds it: one; `in` any; `between` two; `is` one of null,
    true, false, unknown, not_null. Bytes are base64. An operand that does not convert is `bad_value`."""

    column: str
    operator: Operator
    operands: Sequence[str]


@dataclass(frozen=True, slots=True)
class And:
    """True when all items are; without items true."""

    items: "Sequence[Predicate]"


@dataclass(frozen=True, slots=True)
class Or:
    """True when one item is; without items false."""

    items: "Sequence[Predicate]"


@dataclass(frozen=True, slots=True)
class Not:
    """SQL's NOT: unknown stays unknown."""

    item: "Predicate"


Predicate = Comparison | And | Or | Not


@dataclass(frozen=True, slots=True)
class ColumnProjection:
    """A column under an alias; `cast` is empty or a type name of the contract."""

    alias: str
    column: str
    cast: str = ""


@dataclass(frozen=True, slots=True)
class AggregateProjection:
    """An aggregate under an alias; `column` is empty where rows are counted."""

    alias: str
    function: AggregateFunction
    column: str = ""
    distinct: bool = False
    cast: str = ""


@dataclass(frozen=True, slots=True)
class ValueProjection:
    """A constant text under an alias; always a parameter, never part of a statement."""

    alias: str
    value: str
    cast: str = ""


Projection = ColumnProjection | AggregateProjection | ValueProjection


@dataclass(frozen=True, slots=True)
class OrderTerm:
    """`column` is a column, or an alias of the projection."""

    column: str
    direction: Direction = "asc"
    nulls: Nulls = "last"


@dataclass(frozen=True, slots=True)
class Page:
    """Which of the rows in their order are answered."""

    limit: int | None = None  # None: no limit; 0: no rows
    offset: int = 0
