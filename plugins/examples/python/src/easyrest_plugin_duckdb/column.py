"""A column of a file: how it is compared with operands, and how its values become JSON."""

import base64
import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any
from uuid import UUID

from easyrest_plugin import PluginError


@dataclass(frozen=True)
class Term:
    """Something with a type that a statement can speak of: a column, or a member of a projection."""

    sql: str
    type: str  # as DuckDB names it, e.g. DECIMAL(10,2)
    name: str = ""  # for messages

    @property
    def kind(self) -> str:
        """The type without its parameters."""
        return "LIST" if self.type.endswith("]") else self.type.partition("(")[0]

    @property
    def is_nested_instant(self) -> bool:
        """Python would need another package for these; DuckDB prints them as JSON itself."""
        return self.kind in ("LIST", "STRUCT", "MAP") and "TIME ZONE" in self.type

    @property
    def printable(self) -> str:
        """Where Python would lose something of a value, its text or number is asked for instead."""
        if self.kind == "FLOAT":
            # Python has doubles only: by way of its text 0.1 stays 0.1.
            return f"CAST(CAST({self.sql} AS VARCHAR) AS DOUBLE)"
        if self.kind == "TIMESTAMP WITH TIME ZONE":
            return f"epoch_us({self.sql})"
        if self.is_nested_instant:
            return f"CAST(to_json({self.sql}) AS VARCHAR)"
        return f"CAST({self.sql} AS VARCHAR)" if self.kind in as_text else self.sql

    @property
    def decode(self) -> Callable[[Any], Any]:
        """From what `printable` gives to what the SDK prints."""
        return of_json if self.is_nested_instant else decoders.get(self.kind, lambda value: value)

    @property
    def comparable(self) -> str:
        """What operands are compared with."""
        if self.kind == "TIMESTAMP WITH TIME ZONE":
            return f"epoch_us({self.sql})"
        return self.sql if self.kind in operand_readers else self.as_varchar

    @property
    def as_varchar(self) -> str:
        return self.sql if self.kind == "VARCHAR" else f"CAST({self.sql} AS VARCHAR)"

    def operand(self, text: str, add: Callable[[Any], str]) -> str:
        """The operand as SQL to compare with. Raises PluginError `bad_value`.

        :param add: takes a value and answers how the statement names it
        """
        try:
            parameter = add(operand_readers.get(self.kind, str)(text))
            # As a double 0.1 is not the number that the column holds.
            return f"CAST({parameter} AS FLOAT)" if self.kind == "FLOAT" else parameter
        except (ValueError, InvalidOperation, KeyError) as error:
            problem = f"column {self.name}: expected {self.kind.lower()}, got {json.dumps(text)}"
            raise PluginError("bad_value", problem, details={"column": self.name}) from error


def integer(text: str) -> int:
    if not re.fullmatch(r"[+-]?[0-9]{1,40}", text):
        raise ValueError(text)
    number = int(text)
    # Beyond what DuckDB can hold; no column does.
    return max(min(number, 2**127 - 1), -(2**127) + 1)


def decimal(text: str) -> Decimal:
    if not re.fullmatch(r"[+-]?[0-9]+(\.[0-9]+)?", text) or len(text) > 38:
        raise ValueError(text)
    return Decimal(text)


def double(text: str) -> float:
    if not re.fullmatch(r"[+-]?[0-9]+(\.[0-9]+)?([eE][+-]?[0-9]+)?", text):
        raise ValueError(text)
    return float(text)


def local_timestamp(text: str) -> datetime:
    value = datetime.fromisoformat(text)
    if value.tzinfo is not None:
        raise ValueError(text)
    return value


def instant(text: str) -> int:
    """Microseconds since 1970. Without an offset it is UTC."""
    value = datetime.fromisoformat(text)
    return (value.replace(tzinfo=value.tzinfo or UTC) - epoch) // timedelta(microseconds=1)


def of_instant(value: int | None) -> datetime | None:
    return None if value is None else epoch + timedelta(microseconds=value)


def of_json(value: str | None) -> Any:
    return None if value is None else json.loads(value, parse_float=Decimal)


def of_nanoseconds(value: str | None) -> str | None:
    return None if value is None else value.replace(" ", "T")


epoch = datetime(1970, 1, 1, tzinfo=UTC)

integers = (
    "TINYINT",
    "SMALLINT",
    "INTEGER",
    "BIGINT",
    "HUGEINT",
    "UTINYINT",
    "USMALLINT",
    "UINTEGER",
    "UBIGINT",
    "UHUGEINT",
)
numbers = (*integers, "DECIMAL", "DOUBLE", "FLOAT")

operand_readers: dict[str, Callable[[str], Any]] = {
    **dict.fromkeys(integers, integer),
    "DECIMAL": decimal,
    "DOUBLE": double,
    "FLOAT": double,
    "BOOLEAN": lambda text: {"true": True, "false": False}[text],
    "VARCHAR": str,
    "BLOB": lambda text: base64.b64decode(text, validate=True),
    "DATE": date.fromisoformat,
    "TIME": time.fromisoformat,
    "TIMESTAMP": local_timestamp,
    "TIMESTAMP WITH TIME ZONE": instant,
    "UUID": UUID,
}

as_text = ("TIMESTAMP_NS", "TIME WITH TIME ZONE", "INTERVAL", "BIT", "JSON")

decoders: dict[str, Callable[[Any], Any]] = {
    "TIMESTAMP WITH TIME ZONE": of_instant,
    "TIMESTAMP_NS": of_nanoseconds,
    "JSON": of_json,
}
