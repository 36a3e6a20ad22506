"""Checks what handlers answer and completes it for the wire.

Type checkers have seen the types, but not every author runs one, and a wrong shape must be an error that says where,
not bytes that nobody can read. Each function raises AnswerError.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, TypeVar

from .plugin_error import PluginError
from .print_rows import AnswerError, describe, print_json, print_objects, print_rows

Answer = TypeVar("Answer")


def expect(answer: object, kind: type[Answer], method: str) -> Answer:
    if isinstance(answer, kind):
        return answer
    raise AnswerError(f"{method}: expected a {kind.__name__}, got {describe(answer)}")


def rows_of(answer: Any, method: str, timezone: str, limit: int | None = None) -> tuple[bytes, int]:
    """Rows and their count, of an answer whose rows are bytes or mappings. Raises `too_large` beyond the limit."""
    rows = answer.rows
    if isinstance(rows, (bytes, bytearray, memoryview)):
        if len(rows) == 0 and not answer.row_count:
            return b"", 0
        printed = json_of(bytes(rows), method, "rows", b"[", b"]")
        check_size(printed, limit)
        return printed, count(answer, method, "row_count")
    return print_rows(iterable_rows(rows, method), timezone, method, limit)


def check_size(printed: bytes, limit: int | None) -> None:
    """Nothing is lost by refusing late: what has a limit only reads."""
    if limit is not None and len(printed) > limit:
        problem = f"the answer has {len(printed)} bytes, more than the {limit} that were asked for"
        raise PluginError("too_large", problem)


def chunks_of(answer: Any, method: str, timezone: str) -> Iterator[tuple[bytes, int]]:
    """The rows of a chunk and their count, without brackets; mappings in several pieces where they are many."""
    rows = answer.rows
    if isinstance(rows, (bytes, bytearray, memoryview)):
        yield bytes(rows), count(answer, method, "row_count")
        return
    printed: list[bytes] = []
    size = 0
    for row in print_objects(iterable_rows(rows, method), timezone, method):
        if printed and size + len(row) > chunk_bytes:
            yield b",".join(printed), len(printed)
            printed, size = [], 0
        printed.append(row)
        size += len(row) + 1
    yield b",".join(printed), len(printed)


chunk_bytes = 256 * 1024


def keys_of(keys: Any, method: str, timezone: str) -> bytes:
    if isinstance(keys, (bytes, bytearray, memoryview)):
        return bytes(keys)
    return print_rows(iterable_rows(keys, f"{method}: keys"), timezone, f"{method}: keys")[0]


def last_key_of(key: Any, method: str, timezone: str) -> bytes:
    if isinstance(key, (bytes, bytearray, memoryview)):
        return bytes(key)
    return print_json(list(key), timezone, f"{method}: last_key") if key else b""


def iterable_rows(rows: Any, method: str) -> Iterable[Mapping[str, Any]]:
    if isinstance(rows, Iterable) and not isinstance(rows, (str, Mapping)):
        return rows
    raise AnswerError(f"{method}: expected rows: the bytes of a JSON array, or mappings, got {describe(rows)}")


def count(answer: Any, method: str, name: str) -> int:
    """A number of something."""
    value = getattr(answer, name)
    if isinstance(value, int) and not isinstance(value, bool) and value >= 0:
        return value
    raise AnswerError(f"{method}: expected {name}: an integer from 0, got {describe(value)}")


def optional_count(answer: Any, method: str, name: str) -> int | None:
    return None if getattr(answer, name) is None else count(answer, method, name)


def text(value: object, method: str) -> str:
    if isinstance(value, str):
        return value
    raise AnswerError(f"{method}: expected a text, got {describe(value)}")


def json_object(value: Any, method: str, name: str) -> bytes:
    if isinstance(value, bytes):
        return json_of(value, method, name, b"{", b"}")
    if isinstance(value, Mapping):
        return print_json(value, "UTC", f"{method}: {name}")
    raise AnswerError(f"{method}: expected {name}: a mapping, or its JSON bytes, got {describe(value)}")


def json_of(value: bytes, method: str, name: str, first: bytes, last: bytes) -> bytes:
    """Bytes of JSON between two brackets. Only the ends are looked at: nobody parses a row on its way."""
    if value.lstrip()[:1] == first and value.rstrip()[-1:] == last:
        return value
    brackets = f"{first.decode()} and ends with {last.decode()}"
    problem = f"expected {name}: JSON that begins with {brackets}, got {len(value)} bytes that do not"
    raise AnswerError(f"{method}: {problem}")
