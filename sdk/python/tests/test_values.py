"""Values on their way out and in."""

from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

from easyrest_plugin import AnswerError, PluginError, parse_row, parse_rows
from easyrest_plugin.print_rows import print_rows


def printed(value: Any, zone: str = "UTC") -> str:
    rows, row_count = print_rows([{"v": value}], zone, "test")
    assert row_count == 1
    return rows.decode().removeprefix('[{"v":').removesuffix("}]")


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (None, "null"),
        (True, "true"),
        (-(2**63), "-9223372036854775808"),
        (12345678901234567890123, "12345678901234567890123"),
        (Decimal("1.50"), "1.50"),
        (Decimal("1E+3"), "1000"),
        (Decimal("NaN"), "null"),
        (0.1, "0.1"),
        (0.30000000000000004, "0.30000000000000004"),
        (5e-324, "5e-324"),
        (float("inf"), "null"),
        (float("nan"), "null"),
        ('é"\\\0\n😀', '"é\\"\\\\\\u0000\\n😀"'),
        ("half \ud83d pair", '"half \ufffd pair"'),
        (b"\0\xff", '"AP8="'),
        (memoryview(b""), '""'),
        (date(2024, 2, 29), '"2024-02-29"'),
        (datetime(2024, 6, 1, 12), '"2024-06-01T12:00:00"'),
        (datetime(2024, 6, 1, 12, 0, 0, 500_000), '"2024-06-01T12:00:00.500000"'),
        (time(1, 2, 3), '"01:02:03"'),
        (timedelta(hours=1), '"1:00:00"'),
        (UUID(int=1), '"00000000-0000-0000-0000-000000000001"'),
        ({"a": [1, Decimal("2.0"), {"b": None}]}, '{"a":[1,2.0,{"b":null}]}'),
        ((), "[]"),
    ],
)
def test_the_canonical_json_of_a_value(value: Any, expected: str) -> None:
    assert printed(value) == expected


def test_a_timestamp_with_zone_is_printed_in_the_zone_of_the_request() -> None:
    value = datetime(2024, 6, 1, 14, tzinfo=timezone(timedelta(hours=2)))
    assert printed(value) == '"2024-06-01T12:00:00+00:00"'
    assert printed(value, "Europe/Berlin") == '"2024-06-01T14:00:00+02:00"'
    assert printed(value, "+05:30") == '"2024-06-01T17:30:00+05:30"'
    assert printed(value, "-01:00") == '"2024-06-01T11:00:00-01:00"'


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ([{"a": 1}, {"b": object()}], "test: row 1, column 'b': expected a value JSON can hold, got a object"),
        ([{"a": {"deep": [{1}]}}], "test: row 0, column 'a': expected a value JSON can hold, got a set"),
        ([{1: "a"}], "test: row 0, column 1: expected a name that is a text, got a int"),
        ([{"a": {1: 2}}], "test: row 0, column 'a': expected a name that is a text"),
        ([["a"]], "test: row 0: expected a mapping (column -> value), got a list"),
        ([None], "test: row 0: expected a mapping (column -> value), got None"),
    ],
)
def test_a_value_that_json_cannot_hold_is_named_by_row_and_column(rows: Any, message: str) -> None:
    with pytest.raises(AnswerError) as failure:
        print_rows(rows, "UTC", "test")
    assert str(failure.value).startswith(message)


def test_a_cycle_is_named_by_row_and_column() -> None:
    cycle: list[Any] = []
    cycle.append(cycle)
    with pytest.raises(AnswerError, match=r"^test: row 1, column 'b': expected fewer levels"):
        print_rows([{"a": 1}, {"b": cycle}], "UTC", "test")


def test_an_unknown_zone_is_an_error_that_says_so() -> None:
    with pytest.raises(AnswerError, match="expected a time zone this machine knows"):
        printed(datetime.now(UTC), "Mars/Olympus")


def test_what_a_client_sent_keeps_its_digits() -> None:
    rows = parse_rows(b'[{"i":9007199254740993,"d":19.990,"big":12345678901234567890.123456789,"n":null,"o":{"a":[]}}]')
    assert rows[0]["i"] == 9007199254740993 and type(rows[0]["i"]) is int
    assert str(rows[0]["d"]) == "19.990" and str(rows[0]["big"]) == "12345678901234567890.123456789"
    expected = '{"i":9007199254740993,"d":19.990,"big":12345678901234567890.123456789,"n":null,"o":{"a":[]}}'
    assert printed(rows[0]) == expected


@pytest.mark.parametrize(
    "text", [b"", b"{", b"[1]", b"null", b'[{"a":}]', b"[{}", b'{"a":1}', b'[{"a":NaN}]', b"\xff", b"[" * 100_000]
)
def test_rows_that_are_none_are_bad_values(text: bytes) -> None:
    with pytest.raises(PluginError) as failure:
        parse_rows(text)
    assert failure.value.reason == "bad_value"


def test_a_row_is_an_object() -> None:
    assert parse_row(b'{"a":1}') == {"a": 1}
    with pytest.raises(PluginError):
        parse_row(b"[]")
