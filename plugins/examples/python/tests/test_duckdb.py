"""The plugin between its methods and real files."""

import json
import threading
import time
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest
from easyrest_plugin import (
    AggregateProjection,
    And,
    Call,
    ColumnProjection,
    Comparison,
    GetSchemaRequest,
    InitConnectionRequest,
    Not,
    Or,
    OrderTerm,
    Page,
    PluginError,
    Predicate,
    Projection,
    TableCreateRequest,
    TableGetRequest,
    ValueProjection,
)
from easyrest_plugin.print_rows import print_rows

from easyrest_plugin_duckdb.duckdb_db import DuckDBPlugin
from easyrest_plugin_duckdb.duckdb_uri import parse_uri

values_sql = """
SELECT 9007199254740993::BIGINT AS i, 12.50::DECIMAL(10,2) AS d,
  0.1::DOUBLE AS f, 0.1::FLOAT AS f32, 'NaN'::DOUBLE AS nan,
  true AS b, '\\x00\\xFF'::BLOB AS y, DATE '2024-02-29' AS day,
  TIMESTAMP '2024-06-01 12:00:00.25' AS local, TIMESTAMPTZ '2024-06-01 12:00:00+02' AS at,
  TIMESTAMP_NS '2024-06-01 12:00:00.123456789' AS ns, TIME '10:00:00' AS clock, INTERVAL 1 DAY AS span,
  '00000000-0000-0000-0000-000000000001'::UUID AS u,
  [TIMESTAMPTZ '2024-06-01 12:00:00+02'] AS ats, [1, NULL, 3] AS list, {'a': 1.5::DECIMAL(3,1), 'b': NULL} AS struct,
  NULL::VARCHAR AS nothing, 'é"' AS "te""xt"
"""

things_csv = "id;name;size;price\n1;apple;10;1.5\n2;Banana;20;2.25\n3;cherry%;20;10\n4;;;\n"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("it's data")
    write_parquet(values_sql, path / "kinds.parquet")
    many = "SELECT range AS id, range % 7 AS seven, repeat('x', 100) AS text FROM range(50000)"
    write_parquet(many, path / "many.parquet")
    write_parquet("SELECT unnest([9223372036854775807, 9223372036854775807]) AS n", path / "big.parquet")
    (path / "things.csv").write_text(things_csv)
    (path / "no table.csv").write_text("a\n1\n")
    (path / "notes.txt").write_text("a\n1\n")
    return path


def write_parquet(query: str, path: Path) -> None:
    relation = duckdb.sql(query)
    assert relation is not None
    relation.write_parquet(str(path))


@pytest.fixture(scope="module")
def plugin(folder: Path) -> Iterator[DuckDBPlugin]:
    started = DuckDBPlugin()
    server = started.init_connection(InitConnectionRequest(f"duckdb://{folder}?key=id&threads=2"), Call(60))
    assert server.startswith("DuckDB ")
    yield started
    started.close()


def rows(plugin: DuckDBPlugin, table: str, call: Call | None = None, **request: Any) -> list[dict[str, Any]]:
    answer = plugin.table_get(TableGetRequest(table, **request), call or Call(60))
    printed, _count = print_rows(answer.rows, "Europe/Berlin", "test")  # type: ignore[arg-type]
    parsed: list[dict[str, Any]] = json.loads(printed, parse_float=Decimal)
    return parsed


def ids(plugin: DuckDBPlugin, where: Predicate, table: str = "things") -> list[int]:
    return [row["id"] for row in rows(plugin, table, where=where, ordering=[OrderTerm("id")])]


def compare(column: str, operator: Any, *operands: str) -> Comparison:
    return Comparison(column, operator, operands)


def refused(work: Any) -> PluginError:
    with pytest.raises(PluginError) as failure:
        work()
    return failure.value


def test_every_kind_of_value_arrives_without_loss(plugin: DuckDBPlugin) -> None:
    expected = {
        "i": 9007199254740993,
        "d": Decimal("12.50"),
        "f": Decimal("0.1"),
        "f32": Decimal("0.1"),
        "nan": None,
        "b": True,
        "y": "AP8=",
        "day": "2024-02-29",
        "local": "2024-06-01T12:00:00.250000",
        "at": "2024-06-01T12:00:00+02:00",
        "ns": "2024-06-01T12:00:00.123456789",
        "clock": "10:00:00",
        "span": "1 day",
        "u": "00000000-0000-0000-0000-000000000001",
        "ats": ["2024-06-01 10:00:00+00"],
        "list": [1, None, 3],
        "struct": {"a": Decimal("1.5"), "b": None},
        "nothing": None,
        'te"xt': 'é"',
    }
    [row] = rows(plugin, "kinds")
    assert row == expected and list(row) == list(expected)


@pytest.mark.parametrize(
    ("column", "operand"),
    [
        ("i", "9007199254740993"),
        ("d", "12.5"),
        ("f", "0.1"),
        ("f32", "0.1"),
        ("b", "true"),
        ("y", "AP8="),
        ("day", "2024-02-29"),
        ("local", "2024-06-01T12:00:00.25"),
        ("at", "2024-06-01T10:00:00Z"),
        ("at", "2024-06-01T12:00:00+02:00"),
        ("clock", "10:00:00"),
        ("span", "1 day"),
        ("u", "00000000-0000-0000-0000-000000000001"),
    ],
)
def test_operands_are_converted_to_the_type_of_the_column(plugin: DuckDBPlugin, column: str, operand: str) -> None:
    assert len(rows(plugin, "kinds", where=compare(column, "eq", operand))) == 1
    assert len(rows(plugin, "kinds", where=compare(column, "in", operand))) == 1
    assert len(rows(plugin, "kinds", where=compare(column, "neq", operand))) == 0


@pytest.mark.parametrize(
    ("column", "operand"),
    [("i", "ten"), ("i", ""), ("i", "1.5"), ("i", "1 or 1=1"), ("d", "1e3"), ("f", "nan"), ("b", "yes"), ("y", "!"),
     ("day", "2023-02-29"), ("local", "2024-06-01T12:00:00Z"), ("u", "x")],
)  # fmt: skip
def test_an_operand_that_does_not_convert_is_a_bad_value(plugin: DuckDBPlugin, column: str, operand: str) -> None:
    error = refused(lambda: rows(plugin, "kinds", where=compare(column, "eq", operand)))
    assert [error.reason, error.details] == ["bad_value", {"column": column}]


def test_an_integer_beyond_all_columns_finds_nothing(plugin: DuckDBPlugin) -> None:
    assert ids(plugin, compare("id", "eq", "9" * 40)) == []
    assert ids(plugin, compare("id", "lt", "9" * 40)) == [1, 2, 3, 4]


def test_conditions(plugin: DuckDBPlugin) -> None:
    assert ids(plugin, compare("name", "like", "%\\%")) == []
    assert ids(plugin, compare("name", "like", "%\x25")) == [1, 2, 3]
    assert ids(plugin, compare("name", "ilike", "b%")) == [2]
    assert ids(plugin, compare("name", "is", "null")) == [4]
    assert ids(plugin, compare("size", "isdistinct", "20")) == [1, 4]
    assert ids(plugin, compare("size", "in")) == []
    assert ids(plugin, Not(compare("size", "in"))) == [1, 2, 3, 4]
    assert ids(plugin, Not(compare("size", "eq", "20"))) == [1]
    assert ids(plugin, Or((compare("size", "eq", "10"), compare("price", "between", "2", "3")))) == [1, 2]
    assert ids(plugin, And(())) == [1, 2, 3, 4] and ids(plugin, Or(())) == []


hostile = ["' OR 1=1 --", '"; DROP TABLE t; --', "$1", "%s", "read_csv('/etc/passwd')", "\0"]


@pytest.mark.parametrize("text", hostile)
def test_hostile_texts_are_data(plugin: DuckDBPlugin, text: str) -> None:
    assert ids(plugin, compare("name", "eq", text)) == []
    assert ids(plugin, compare("name", "like", text)) == []
    assert rows(plugin, "things", select=[ValueProjection("v", text)], page=Page(1)) == [{"v": text}]
    alias: list[Projection] = [ColumnProjection(text, "id")]
    assert rows(plugin, "things", select=alias, page=Page(1), ordering=[OrderTerm(text)]) == [{text: 1}]
    for work in (
        lambda: rows(plugin, text),
        lambda: rows(plugin, "things", where=compare(text, "eq", "1")),
        lambda: rows(plugin, "things", select=[ColumnProjection("a", text)]),
        lambda: rows(plugin, "things", ordering=[OrderTerm(text)]),
        lambda: rows(plugin, "things", grouping=[text], select=[AggregateProjection("n", "count")]),
        lambda: rows(plugin, "things", select=[ColumnProjection("a", "id", text)]),
    ):
        assert refused(work).reason in ("unknown_table", "unknown_column", "bad_value")


def test_the_database_reads_no_file_outside_its_folder(plugin: DuckDBPlugin, tmp_path: Path) -> None:
    outside = tmp_path / "outside.csv"
    outside.write_text("a\n1\n")
    for statement in (f"SELECT * FROM read_csv('{outside}')", "SET enable_external_access = true", "INSTALL httpfs"):
        with pytest.raises(duckdb.Error):
            plugin._database.cursor().execute(statement)


def test_aggregates_grouping_having(plugin: DuckDBPlugin) -> None:
    select: list[Projection] = [
        ColumnProjection("size", "size"),
        AggregateProjection("n", "count"),
        AggregateProjection("sum", "sum", "price"),
    ]
    grouped = rows(
        plugin, "things", select=select, grouping=["size"], ordering=[OrderTerm("n", "desc"), OrderTerm("size")]
    )
    assert grouped[0] == {"size": 20, "n": 2, "sum": Decimal("12.25")}
    having = compare("n", "gt", "1")
    assert len(rows(plugin, "things", select=select, grouping=["size"], having=having)) == 1
    for sums in (compare("sum", "gt", "2.1"), compare("sum", "lt", "100")):
        assert len(rows(plugin, "things", select=select, grouping=["size"], having=sums, ordering=[OrderTerm("n")])) > 0
    assert rows(plugin, "things", select=select, grouping=["size"], having=compare("sum", "gt", "9")) == grouped[:1]
    assert rows(plugin, "big", select=[AggregateProjection("s", "sum", "n")]) == [{"s": 18446744073709551614}]
    error = refused(lambda: rows(plugin, "things", select=[AggregateProjection("s", "sum", "name")]))
    assert [error.reason, error.details] == ["bad_value", {"column": "name"}]


def test_distinct_rows_are_ordered_by_what_is_selected(plugin: DuckDBPlugin) -> None:
    for column in ("f32", "at", "ns", "span", "i", 'te"xt'):
        select = [ColumnProjection("c", column)]
        assert len(rows(plugin, "kinds", select=select, distinct=True, ordering=[OrderTerm("c")])) == 1
        assert (
            len(rows(plugin, "kinds", select=select, distinct=True, ordering=[OrderTerm(column)], count="exact")) == 1
        )
    select = [ColumnProjection("c", "i")]
    assert refused(lambda: rows(plugin, "kinds", select=select, distinct=True, ordering=[OrderTerm("d")])).details == {
        "column": "d"
    }


def test_a_value_that_cannot_be_cast_is_a_bad_value(plugin: DuckDBPlugin) -> None:
    assert rows(plugin, "things", select=[ColumnProjection("t", "size", "text")], page=Page(1)) == [{"t": "10"}]
    error = refused(lambda: rows(plugin, "things", select=[ColumnProjection("t", "name", "integer")]))
    assert error.reason == "bad_value" and "apple" not in error.message


def test_pages_counts_and_keys(plugin: DuckDBPlugin) -> None:
    request = TableGetRequest(
        "things",
        select=[ColumnProjection("name", "name")],
        ordering=[OrderTerm("id")],
        page=Page(2, 1),
        count="exact",
        last_key_columns=["id", "size"],
    )
    answer = plugin.table_get(request, Call(60))
    assert list(answer.rows) == [{"name": "Banana"}, {"name": "cherry%"}]
    assert [answer.total, answer.last_key] == [4, [3, 20]]


def test_a_stream_is_the_same_rows_in_chunks_and_closes_its_cursor(plugin: DuckDBPlugin) -> None:
    request = TableGetRequest("many", ordering=[OrderTerm("id")], count="exact", where=compare("seven", "eq", "3"))
    chunks = list(plugin.table_get_stream(request, Call(60)))
    streamed = [row["id"] for chunk in chunks for row in chunk.rows if not isinstance(row, int)]
    assert streamed == list(range(3, 50000, 7)) and len(chunks) > 5
    assert [chunk.total for chunk in chunks if chunk.total is not None] == [len(streamed)]
    left = plugin.table_get_stream(request, Call(60))
    next(left)
    left.close()  # type: ignore[attr-defined]


def test_rows_are_read_no_further_than_they_are_asked_for(plugin: DuckDBPlugin) -> None:
    answer = plugin.table_get(TableGetRequest("many"), Call(60))
    error = refused(lambda: print_rows(answer.rows, "UTC", "test", limit=1000))  # type: ignore[arg-type]
    assert error.reason == "too_large"


def test_a_query_that_nobody_waits_for_is_interrupted(folder: Path, plugin: DuckDBPlugin) -> None:
    write_parquet("SELECT range AS n FROM range(40000000)", folder / "slow.parquet")
    # A pattern that is tried everywhere in the text of every number.
    where = And(tuple(compare("n", "like", f"%{digit}%7%7%7%7%7%7%7%7%7%7%7%") for digit in range(10)))
    call = Call(60)
    started = time.monotonic()
    threading.Timer(0.3, call.end).start()
    error = refused(lambda: rows(plugin, "slow", call, where=where))
    assert error.reason == "cancelled"
    assert time.monotonic() - started < 30
    (folder / "slow.parquet").unlink()


def test_files_come_change_and_go(folder: Path, plugin: DuckDBPlugin) -> None:
    path = folder / "new.csv"
    assert refused(lambda: rows(plugin, "new")).reason == "unknown_table"
    path.write_text("a\n1\n")
    assert rows(plugin, "new") == [{"a": 1}]
    path.write_text("a,b\nx,2.5\n")
    assert rows(plugin, "new") == [{"a": "x", "b": Decimal("2.5")}]
    (folder / "new.parquet").write_bytes(b"no parquet")
    assert "new.csv and new.parquet" in refused(lambda: rows(plugin, "new")).message
    path.unlink()
    assert refused(lambda: rows(plugin, "new")).reason == "unavailable"
    (folder / "new.parquet").unlink()
    assert refused(lambda: rows(plugin, "new")).reason == "unknown_table"


def test_the_schema(plugin: DuckDBPlugin) -> None:
    answer = plugin.get_schema(GetSchemaRequest(), Call(60))
    assert isinstance(answer.schema, bytes)
    tables = json.loads(answer.schema)["tables"]
    assert sorted(tables) == ["big", "kinds", "many", "things"]
    assert tables["things"]["x-primary-key"] == ["id"] and "x-primary-key" not in tables["kinds"]
    assert tables["things"]["properties"]["name"] == {"type": "string", "readOnly": True, "x-nullable": True}
    assert tables["kinds"]["properties"]["d"]["type"] == "number"
    again = plugin.get_schema(GetSchemaRequest(known_version=answer.version), Call(60))
    assert again.unchanged and again.version == answer.version


def test_a_file_that_cannot_be_read_hides_no_other_from_the_schema(folder: Path, plugin: DuckDBPlugin) -> None:
    broken = {"torn.parquet": b"no parquet", "latin.csv": b"a,b\n1,\xff\n"}
    for name, content in broken.items():
        (folder / name).write_bytes(content)
    (folder / "dangling.csv").symlink_to(folder / "nothing")
    answer = plugin.get_schema(GetSchemaRequest(), Call(60))
    assert isinstance(answer.schema, bytes)
    assert sorted(json.loads(answer.schema)["tables"]) == ["big", "kinds", "many", "things"]
    for name in [*broken, "dangling.csv"]:
        (folder / name).unlink()


def test_another_spelling_is_another_table(plugin: DuckDBPlugin) -> None:
    assert refused(lambda: rows(plugin, "Things")).details == {"table": "Things", "nearest": "things"}


def test_writes_are_refused(plugin: DuckDBPlugin) -> None:
    assert refused(lambda: plugin.table_create(TableCreateRequest("things"), Call(60))).reason == "permission"


@pytest.mark.parametrize(
    ("uri", "reason"),
    [
        ("duckdb://relative", "bad_value"),
        ("duckdb:///tmp?thread=1", "bad_value"),
        ("duckdb:///tmp?threads=none", "bad_value"),
        ("duckdb:///tmp?memory_limit=1;SET", "bad_value"),
        ("duckdb:///nonexistent/folder", "unavailable"),
    ],
)
def test_a_uri_that_is_wrong(uri: str, reason: str) -> None:
    assert refused(lambda: DuckDBPlugin().init_connection(InitConnectionRequest(uri), Call(60))).reason == reason


def test_a_uri() -> None:
    parsed = parse_uri("duckdb:///a%20b?key=id&memory_limit=1GB")
    assert [str(parsed.folder), parsed.key, parsed.settings] == ["/a b", "id", {"memory_limit": "1GB"}]
