"""Rows that an author answers as mappings, as the canonical JSON of the contract."""

import base64
import math
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from decimal import Decimal
from json.encoder import encode_basestring
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from .plugin_error import PluginError


class AnswerError(TypeError):
    """The plugin answered something other than its interface says: a mistake in the plugin, never the caller's."""


def print_rows(
    rows: Iterable[Mapping[str, Any]], timezone_name: str, origin: str, limit: int | None = None
) -> tuple[bytes, int]:
    """The bytes of a JSON array, and how many rows. Raises AnswerError naming row and column.

    :param timezone_name: an IANA name or an offset; datetimes with a zone are printed in it
    :param origin: what answered the rows, for the error
    :param limit: raises `too_large` as soon as there are more bytes, so that nobody has to make the rest
    """
    printed: list[bytes] = []
    size = 1
    for row in print_objects(rows, timezone_name, origin):
        printed.append(row)
        size += len(row) + 1
        if limit is not None and size > limit:
            raise PluginError("too_large", f"the answer has more than the {limit} bytes that were asked for")
    return b"[" + b",".join(printed) + b"]", len(printed)


def print_objects(rows: Iterable[Mapping[str, Any]], timezone_name: str, origin: str) -> Iterator[bytes]:
    """As `print_rows`, each row for itself."""
    printer = ValuePrinter(zone_of(timezone_name))
    for index, row in enumerate(rows):
        yield printer.row(row, f"{origin}: row {index}").encode()


def print_json(value: Any, timezone_name: str, origin: str) -> bytes:
    """One value, of whatever depth."""
    try:
        return ValuePrinter(zone_of(timezone_name)).value(value).encode()
    except UnprintableError as error:
        raise AnswerError(f"{origin}: {error}") from None


def describe(value: object) -> str:
    """What a value is, in a few words for an error text."""
    if value is None or isinstance(value, bool):
        return str(value)
    return f"a {type(value).__name__}"


class ValuePrinter:
    def __init__(self, zone: tzinfo) -> None:
        self.zone = zone
        self.printers: dict[type, Callable[[Any], str]] = {
            type(None): lambda _: "null",
            bool: lambda value: "true" if value else "false",
            int: int.__repr__,
            float: print_float,
            Decimal: print_decimal,
            str: print_text,
            bytes: print_bytes,
            bytearray: print_bytes,
            memoryview: print_bytes,
            date: lambda value: f'"{value.isoformat()}"',
            datetime: self.datetime,
            time: lambda value: f'"{value.isoformat()}"',
            timedelta: lambda value: f'"{value}"',
            UUID: lambda value: f'"{value}"',
            dict: self.object,
            list: self.array,
            tuple: self.array,
        }

    def row(self, row: Mapping[str, Any], origin: str) -> str:
        if not isinstance(row, Mapping):
            raise AnswerError(f"{origin}: expected a mapping (column -> value), got {describe(row)}")
        members = []
        for name, value in row.items():
            try:
                members.append(f"{print_name(name)}:{self.value(value)}")
            except UnprintableError as error:
                raise AnswerError(f"{origin}, column {name!r}: {error}") from None
            except RecursionError:
                raise AnswerError(f"{origin}, column {name!r}: expected fewer levels, got more, or a cycle") from None
        return "{" + ",".join(members) + "}"

    def value(self, value: Any) -> str:
        printer = self.printers.get(type(value))
        if printer is None:
            printer = self.inherited(value)
        return printer(value)

    def inherited(self, value: Any) -> Callable[[Any], str]:
        """Of a subclass, e.g. numpy's float64, an enumeration of texts, or a driver's own row."""
        for base in type(value).__mro__:
            if base in self.printers:
                return self.printers[base]
        if isinstance(value, Mapping):
            return self.object
        raise UnprintableError(f"expected a value JSON can hold, got {describe(value)}; use None for no value")

    def object(self, value: Mapping[str, Any]) -> str:
        return "{" + ",".join(f"{print_name(name)}:{self.value(item)}" for name, item in value.items()) + "}"

    def array(self, value: Sequence[Any]) -> str:
        return "[" + ",".join(self.value(item) for item in value) + "]"

    def datetime(self, value: datetime) -> str:
        if value.tzinfo is None:
            return f'"{value.isoformat()}"'
        return f'"{value.astimezone(self.zone).isoformat()}"'


class UnprintableError(Exception):
    pass


def print_name(name: object) -> str:
    if not isinstance(name, str):
        raise UnprintableError(f"expected a name that is a text, got {describe(name)}")
    return print_text(name)


def print_text(text: str) -> str:
    # Half a surrogate pair is no UTF-8 text; the contract replaces it.
    return encode_basestring(text if text.isascii() else surrogate.sub("\ufffd", text))


surrogate = re.compile("[\ud800-\udfff]")


def print_float(value: float) -> str:
    return float.__repr__(value) if math.isfinite(value) else "null"


def print_decimal(value: Decimal) -> str:
    return format(value, "f") if value.is_finite() else "null"


def print_bytes(value: bytes | bytearray | memoryview) -> str:
    return f'"{base64.b64encode(value).decode()}"'


def zone_of(name: str) -> tzinfo:
    """Raises AnswerError for a zone that this machine does not know."""
    offset = re.fullmatch(r"([+-])(\d\d):(\d\d)", name)
    if offset is not None:
        minutes = int(offset[2]) * 60 + int(offset[3])
        return timezone(timedelta(minutes=-minutes if offset[1] == "-" else minutes))
    if name == "UTC":
        return UTC
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise AnswerError(f"expected a time zone this machine knows, got {name!r}; install tzdata") from error
