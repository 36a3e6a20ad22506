"""The plugin: reads of the files in a folder; whatever would write is refused."""

import hashlib
import json
import logging
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import Any

import duckdb
from easyrest_plugin import (
    Call,
    ChangeAnswer,
    CreateAnswer,
    DBPlugin,
    GetSchemaRequest,
    InitConnectionRequest,
    PluginError,
    RowsAnswer,
    RowsChunk,
    SchemaAnswer,
    TableCreateRequest,
    TableDeleteRequest,
    TableGetRequest,
    TableUpdateRequest,
)

from .duckdb_uri import DuckDBUri, parse_uri
from .folder import File, Folder, literal
from .schema import table_schema
from .select_statement import Statement, count_statement, select_statement

Row = Mapping[str, Any]

log = logging.getLogger(__name__)


class DuckDBPlugin(DBPlugin):
    capabilities = ("filter_tree", "aggregates", "distinct", "cast", "count", "last_key", "exact_names")

    def init_connection(self, request: InitConnectionRequest, call: Call) -> str:
        self._uri = parse_uri(request.uri)
        self._folder = Folder(self._uri.folder)
        self._folder.names()
        self._database = open_database(self._uri)
        return f"DuckDB {duckdb.__version__}"

    def table_get(self, request: TableGetRequest, call: Call) -> RowsAnswer:
        answer = RowsAnswer(())
        # A generator: rows are read no further than the answer may be long.
        answer.rows = self._rows(request, call, answer)
        return answer

    def table_get_stream(self, request: TableGetRequest, call: Call) -> Iterator[RowsChunk]:
        with self._reading(call) as connection:
            statement, total = self._begin(request, connection)
            yield RowsChunk(rows_of(connection.fetchmany(chunk_rows), statement), total=total)
            while values := connection.fetchmany(chunk_rows):
                yield RowsChunk(rows_of(values, statement))

    def get_schema(self, request: GetSchemaRequest, call: Call) -> SchemaAnswer:
        with self._reading(call) as connection:
            files = dict(self._readable(connection))
        tables = {name: table_schema(file, self._uri.key) for name, file in files.items()}
        schema = json.dumps({"tables": tables, "views": {}, "rpc": {}}).encode()
        version = hashlib.sha256(schema).hexdigest()[:22]
        if version == request.known_version:
            return SchemaAnswer(version=version, unchanged=True)
        return SchemaAnswer(schema, version)

    def _readable(self, connection: duckdb.DuckDBPyConnection) -> Iterator[tuple[str, File]]:
        """One broken file hides no other, and neither does one that has gone meanwhile."""
        for name in self._folder.names():
            try:
                yield name, self._folder.file(name, connection)
            except PluginError as error:
                log.warning("the table %s is not described: %s %s", name, error.message, error.details.get("log", ""))

    def table_create(self, request: TableCreateRequest, call: Call) -> CreateAnswer:
        raise read_only()

    def table_update(self, request: TableUpdateRequest, call: Call) -> ChangeAnswer:
        raise read_only()

    def table_delete(self, request: TableDeleteRequest, call: Call) -> ChangeAnswer:
        raise read_only()

    def close(self) -> None:
        if hasattr(self, "_database"):
            self._database.close()

    def _rows(self, request: TableGetRequest, call: Call, answer: RowsAnswer) -> Iterator[Row]:
        with self._reading(call) as connection:
            statement, answer.total = self._begin(request, connection)
            last: tuple[Any, ...] = ()
            while values := connection.fetchmany(chunk_rows):
                yield from rows_of(values, statement)
                last = values[-1]
            answer.last_key = key_of(last, statement)

    def _begin(self, request: TableGetRequest, connection: duckdb.DuckDBPyConnection) -> tuple[Statement, int | None]:
        """Executes the statement; its rows are to be fetched. Answers the count, too, when one was asked."""
        file = self._folder.file(request.table, connection)
        total = None
        if request.count == "exact":
            counting = count_statement(request, file)
            counted = connection.execute(counting.sql, counting.values).fetchone()
            total = counted[0] if counted else 0
        statement = select_statement(request, file)
        connection.execute(statement.sql, statement.values)
        return statement, total

    @contextmanager
    def _reading(self, call: Call) -> Iterator[duckdb.DuckDBPyConnection]:
        """A connection of the call's own, which is interrupted when nobody waits for the answer any more."""
        connection = self._database.cursor()
        call.on_cancel(lambda: interrupt(connection))
        try:
            if call.ended is not None:
                raise call.ended
            yield connection
        except duckdb.Error as error:
            raise call.ended or failure(error) from error
        finally:
            connection.close()


def open_database(uri: DuckDBUri) -> duckdb.DuckDBPyConnection:
    """In memory, and locked: statements reach the folder and nothing else, whatever they say."""
    offline = {"autoinstall_known_extensions": "false", "autoload_known_extensions": "false"}
    database = duckdb.connect(":memory:", config={**offline, **uri.settings})
    database.execute(f"SET allowed_directories = [{literal(str(uri.folder) + '/')}]")
    database.execute("SET enable_external_access = false")
    database.execute("SET lock_configuration = true")
    return database


def interrupt(connection: duckdb.DuckDBPyConnection) -> None:
    # It may have been closed at this very moment.
    with suppress(duckdb.Error):
        connection.interrupt()


def rows_of(values: list[tuple[Any, ...]], statement: Statement) -> list[Row]:
    members = [(alias, term.decode) for alias, term in statement.members.items()]
    return [{alias: decode(value) for (alias, decode), value in zip(members, row)} for row in values]


def key_of(row: tuple[Any, ...], statement: Statement) -> list[Any]:
    values = row[len(statement.members) :]
    return [term.decode(value) for term, value in zip(statement.key, values)]


chunk_rows = 500


def failure(error: duckdb.Error) -> Exception:
    """What a statement that is right can fail of: values, and files. Anything else is a defect of the plugin."""
    details = {"log": str(error)}
    if isinstance(error, (duckdb.ConversionException, duckdb.OutOfRangeException)):
        return PluginError("bad_value", "a value does not fit the type that was asked for", details=details)
    if isinstance(error, duckdb.IOException):
        return PluginError("unavailable", "the file of the table cannot be read", details=details)
    if isinstance(error, duckdb.OutOfMemoryException):
        problem = "the request needs more memory than the connection's memory_limit"
        return PluginError("unavailable", problem, details=details)
    return error


def read_only() -> PluginError:
    return PluginError("permission", "the tables of this connection are files, which are only read")
