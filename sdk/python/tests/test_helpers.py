"""What authors are given for databases without a query language, and the rules of requests."""

import time
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from easyrest_plugin import (
    AggregateProjection,
    And,
    CallFunctionRequest,
    ColumnProjection,
    Comparison,
    Conflict,
    Not,
    Or,
    OrderTerm,
    Page,
    PluginError,
    Predicate,
    Projection,
    RequestContext,
    TableCreateRequest,
    TableDeleteRequest,
    TableGetRequest,
    TableUpdateRequest,
    ValueProjection,
    WriteRequest,
    check_names,
    check_write,
    matches,
    nearest_name,
    select_rows,
    uri_options,
)
from easyrest_plugin.capability_guard import capability_guard, guarded

row = {"i": 10, "d": Decimal("1.50"), "t": "Apple%", "b": True, "n": None, "y": b"\0", "on": date(2024, 2, 29)}


def compare(column: str, operator: Any, *operands: str) -> Comparison:
    return Comparison(column, operator, operands)


@pytest.mark.parametrize(
    ("where", "expected"),
    [
        (compare("i", "eq", "10"), True),
        (compare("i", "eq", "10.0"), True),
        (compare("i", "lt", "9"), False),
        (compare("d", "between", "1.5", "2"), True),
        (compare("d", "in", "3", "1.5000"), True),
        (compare("t", "like", "A%e_"), True),
        (compare("t", "like", "a%"), False),
        (compare("t", "ilike", "a%"), True),
        (compare("t", "like", "Apple"), False),
        (compare("t", "like", "%pp%l%"), True),
        (compare("t", "like", "Apple.*"), False),
        (compare("b", "is", "true"), True),
        (compare("b", "eq", "false"), False),
        (compare("n", "is", "null"), True),
        (compare("n", "is", "not_null"), False),
        (compare("n", "eq", "null"), False),
        (Not(compare("n", "eq", "1")), False),
        (compare("n", "isdistinct", "1"), True),
        (compare("n", "in"), False),
        (Not(compare("n", "in")), True),
        (compare("y", "eq", "AA=="), True),
        (compare("on", "gte", "2024-02-28"), True),
        (And(()), True),
        (Or(()), False),
        (Or((compare("i", "eq", "1"), Not(compare("t", "eq", "x")))), True),
        (And((compare("i", "eq", "10"), compare("n", "eq", "1"))), False),
    ],
)
def test_conditions(where: Predicate, expected: bool) -> None:
    assert matches(row, where) is expected


@pytest.mark.parametrize(
    "where", [compare("i", "eq", "ten"), compare("i", "eq", "1_0"), compare("i", "eq", " 1"), compare("b", "eq", "yes"),
              compare("y", "eq", "!"), compare("on", "eq", "2023-02-29"), compare("i", "eq", "nan"), compare("i", "eq")]
)  # fmt: skip
def test_an_operand_that_does_not_convert_is_a_bad_value(where: Predicate) -> None:
    with pytest.raises(PluginError) as failure:
        matches(row, where)
    assert failure.value.reason == "bad_value"


def test_no_pattern_takes_long() -> None:
    start = time.monotonic()
    text = {"t": "a" * 5000}
    assert not matches(text, compare("t", "like", "%a" * 200 + "b"))
    assert time.monotonic() - start < 10


def test_an_unknown_column_is_refused_with_the_nearest() -> None:
    with pytest.raises(PluginError) as failure:
        matches({"name": 1}, compare("nmae", "eq", "1"))
    assert [failure.value.reason, failure.value.details] == ["unknown_column", {"column": "nmae", "nearest": "name"}]


rows: list[dict[str, Any]] = [{"id": 1, "v": 2}, {"id": 2, "v": None}, {"id": 3, "v": 1}, {"id": 4, "v": 2}]


def ids(**request: Any) -> list[int]:
    answer = select_rows(rows, TableGetRequest("t", **request))
    assert not isinstance(answer.rows, bytes)
    return [found["id"] for found in answer.rows]


def test_order_and_page() -> None:
    assert ids(ordering=[OrderTerm("v"), OrderTerm("id", "desc", "first")]) == [3, 4, 1, 2]
    assert ids(ordering=[OrderTerm("v", "desc", "first"), OrderTerm("id")]) == [2, 1, 4, 3]
    assert ids(ordering=[OrderTerm("v", "desc", "last"), OrderTerm("id")]) == [1, 4, 3, 2]
    assert ids(page=Page(2, 1)) == [2, 3] and ids(page=Page(0)) == [] and ids(page=Page(None, 3)) == [4]
    assert select_rows(rows, TableGetRequest("t", page=Page(1), count="exact")).total == 4


def test_projection() -> None:
    select: list[Projection] = [
        ColumnProjection("second", "v"),
        ValueProjection("text", "x'"),
        ColumnProjection("first", "id"),
    ]
    request = TableGetRequest("t", select=select, ordering=[OrderTerm("first", "desc", "first")], page=Page(1))
    assert list(select_rows(rows, request).rows) == [{"second": 2, "text": "x'", "first": 4}]
    with pytest.raises(PluginError):
        select_rows(rows, TableGetRequest("t", select=[AggregateProjection("n", "count")]))


column = ColumnProjection("a", "a")
tree = Or((compare("a", "eq", "1"),))

asking = [
    ("function_filters", CallFunctionRequest("f", select=[column])),
    ("function_filters", CallFunctionRequest("f", where=compare("a", "eq", "1"))),
    ("function_filters", CallFunctionRequest("f", ordering=[OrderTerm("a")])),
    ("function_filters", CallFunctionRequest("f", page=Page(1))),
    ("function_filters", CallFunctionRequest("f", page=Page(None, 1))),
    ("function_filters", CallFunctionRequest("f", count="exact")),
    ("function_filters", CallFunctionRequest("f", expect_set=True)),
    ("function_filters", CallFunctionRequest("f", expect_single=True)),
    ("function_filters", CallFunctionRequest("f", max_affected=0)),
    ("filter_tree", TableGetRequest("t", where=tree)),
    ("filter_tree", TableDeleteRequest("t", where=And((tree,)))),
    ("filter_tree", TableUpdateRequest("t", where=Not(compare("a", "eq", "1")))),
    ("aggregates", TableGetRequest("t", select=[AggregateProjection("n", "count")])),
    ("aggregates", TableGetRequest("t", grouping=["a"])),
    ("aggregates", TableGetRequest("t", having=compare("n", "gt", "1"))),
    ("distinct", TableGetRequest("t", distinct=True)),
    ("cast", TableGetRequest("t", select=[ColumnProjection("a", "a", "text")])),
    ("count", TableGetRequest("t", count="exact")),
    ("last_key", TableGetRequest("t", last_key_columns=["id"])),
    ("returning", TableCreateRequest("t", returning="keys")),
    ("returning", TableCreateRequest("t", select=[column])),
    ("returning", TableUpdateRequest("t", returning="rows")),
    ("returning", TableDeleteRequest("t", returning="keys")),
    ("upsert", TableCreateRequest("t", conflict=Conflict())),
    ("missing_default", TableCreateRequest("t", missing_default=True)),
    ("precondition", TableCreateRequest("t", overwrite_when=compare("a", "eq", "1"))),
    ("precondition", TableUpdateRequest("t", if_match=["*"])),
    ("precondition", TableDeleteRequest("t", if_match=["*"])),
]


@pytest.mark.parametrize(("capability", "request_"), asking)
def test_a_wish_without_its_capability_is_refused_and_with_it_is_not(capability: str, request_: Any) -> None:
    with pytest.raises(PluginError) as failure:
        capability_guard([other for other in guarded if other != capability])(request_)
    assert [failure.value.reason, failure.value.details] == ["unsupported", {"capability": capability}]
    capability_guard([capability])(request_)


def test_every_guarded_capability_is_tried() -> None:
    assert {capability for capability, _ in asking} == set(guarded)


def test_the_minimum_needs_no_capability() -> None:
    guard = capability_guard([])
    conjunction = And((compare("a", "eq", "1"), And((compare("b", "eq", "2"),))))
    guard(TableGetRequest("t", where=conjunction, select=[column], ordering=[OrderTerm("a")], page=Page(1)))
    guard(TableCreateRequest("t", returning="rows"))
    guard(TableUpdateRequest("t", where=conjunction))
    guard(CallFunctionRequest("f", max_reply_bytes=1))


def test_what_a_write_is_allowed_to_be() -> None:
    reading = TableDeleteRequest("t", context=RequestContext(read_only=True))
    refused: list[tuple[WriteRequest, int]] = [
        (reading, 0),
        (TableDeleteRequest("t", max_affected=1), 2),
        (TableUpdateRequest("t", expect_single=True), 0),
    ]
    reasons = []
    for request, affected in refused:
        with pytest.raises(PluginError) as failure:
            check_write(request, affected)
        reasons.append(failure.value.reason)
    assert reasons == ["permission", "max_affected", "singular"]
    check_write(TableDeleteRequest("t", max_affected=2), 2)


def test_names() -> None:
    assert nearest_name("nmae", ["id", "name"]) == "name" and nearest_name("xyz", ["id", "name"]) is None
    with pytest.raises(PluginError) as failure:
        check_names("table", ["thing"], ["things"])
    assert failure.value.details == {"table": "thing", "nearest": "things"}


def test_uri_options() -> None:
    assert uri_options("a=1&&b&a=%C3%A9", ["a", "b"]) == [("a", "1"), ("b", ""), ("a", "é")]
    for query in ["aa=1", "a=%ff"]:
        with pytest.raises(PluginError) as failure:
            uri_options(query, ["a", "b"])
        assert failure.value.reason == "bad_value"
