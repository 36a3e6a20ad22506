"""Rows that a client sent, with the digits they had."""

import json
from decimal import Decimal
from typing import Any

from .plugin_error import PluginError


def parse_rows(rows: bytes) -> list[dict[str, Any]]:
    """The rows of a TableCreateRequest: numbers are int where they are written as integers, else Decimal.

    Raises PluginError `bad_value` for what is no JSON array of objects.
    """
    parsed = parse(rows)
    if isinstance(parsed, list) and all(isinstance(row, dict) for row in parsed):
        return parsed
    raise bad_rows("expected a JSON array of objects")


def parse_row(row: bytes) -> dict[str, Any]:
    """One JSON object, e.g. the data of a TableUpdateRequest. Raises PluginError `bad_value`."""
    parsed = parse(row)
    if isinstance(parsed, dict):
        return parsed
    raise bad_rows("expected a JSON object")


def parse(text: bytes) -> Any:
    try:
        return json.loads(text, parse_float=Decimal, parse_constant=no_constant)
    # RecursionError: brackets without end. ValueError also for an integer of more digits than Python reads.
    except (ValueError, ArithmeticError, RecursionError) as error:
        raise bad_rows("expected JSON") from error


def no_constant(name: str) -> None:
    raise ValueError(f"{name} is no JSON")


def bad_rows(problem: str) -> PluginError:
    return PluginError("bad_value", f"the rows are wrong: {problem}")
