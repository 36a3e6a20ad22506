"""How values of rows in memory compare with what requests say."""

import base64
import binascii
import json
from collections.abc import Mapping
from datetime import date, datetime, time
from decimal import Decimal, InvalidOperation
from typing import Any
from uuid import UUID

from .names import unknown_name
from .plugin_error import PluginError

Row = Mapping[str, Any]


def row_value(row: Row, column: str) -> Any:
    """The value of a column in a row that holds every column of its table. Raises `unknown_column`."""
    if column not in row:
        raise unknown_name("column", column, row)
    return row[column]


def operand_value(value: Any, operand: str, column: str) -> Any:
    """The operand as a value that compares with `value`, which is not None. Raises `bad_value`."""
    try:
        match value:
            case bool():
                return {"true": True, "false": False}[operand]
            case int() | float() | Decimal():
                return number(operand)
            case bytes():
                return base64.b64decode(operand, validate=True)
            case datetime() | date() | time():
                return type(value).fromisoformat(operand)
            case UUID():
                return UUID(operand)
    except (KeyError, ValueError, InvalidOperation, binascii.Error) as error:
        details = {"column": column}
        problem = f"column {column}: expected a {type(value).__name__}, got {json.dumps(operand)}"
        raise PluginError("bad_value", problem, details=details) from error
    return operand


def number(text: str) -> Decimal:
    value = Decimal(text)
    if not value.is_finite() or text != text.strip() or "_" in text:
        raise ValueError(text)
    return value


def comparable(value: Any) -> Any:
    """Dicts and lists compare by their text."""
    return json.dumps(value, default=str) if isinstance(value, (dict, list)) else value


def value_text(value: Any) -> str:
    """The text of a value, as an operand would spell it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(comparable(value))
