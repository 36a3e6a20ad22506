"""What an author implements to put a database behind EasyREST."""

from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from typing import ClassVar

from .answers import (
    BatchAnswer,
    ChangeAnswer,
    CreateAnswer,
    EnsureTableAnswer,
    FunctionAnswer,
    RowsAnswer,
    RowsChunk,
    SchemaAnswer,
)
from .call import Call
from .requests import (
    CallFunctionRequest,
    EnsureTableRequest,
    GetSchemaRequest,
    InitConnectionRequest,
    QueryRequest,
    TableBatchRequest,
    TableCreateRequest,
    TableDeleteRequest,
    TableGetRequest,
    TableUpdateRequest,
)


class DBPlugin(ABC):
    """The abstract methods make a minimal plugin. Each of the others is a capability, named to the host when a subclass
    defines it; and so is everything in `capabilities`.

    Methods are called on several threads at once. Failures are raised as PluginError; anything else that is raised is
    a failure of the plugin: the log has its traceback, the client only learns that the plugin failed.
    """

    # Abilities beyond the minimum: filter_tree, aggregates, distinct, cast, count, last_key, returning, upsert,
    # missing_default, precondition, function_filters, exact_names. A request that needs another is
    # refused by the SDK.
    capabilities: ClassVar[Sequence[str]] = ()

    @abstractmethod
    def init_connection(self, request: InitConnectionRequest, call: Call) -> str:
        """Connects and pings, once, before anything else. Answers what is there, e.g. "PostgreSQL 15.18".

        Raises PluginError `unavailable` when it cannot be reached, `bad_value` when the URI is wrong.
        """

    @abstractmethod
    def table_get(self, request: TableGetRequest, call: Call) -> RowsAnswer:
        """Reads. Raises `unknown_table`, `unknown_column`, and `bad_value` for an operand that does not convert."""

    @abstractmethod
    def table_create(self, request: TableCreateRequest, call: Call) -> CreateAnswer:
        """Inserts all rows or none; `check_write` says before the commit whether the request allows it. After a
        rollback (`context.tx_end`) the answer is what would have been."""

    @abstractmethod
    def table_update(self, request: TableUpdateRequest, call: Call) -> ChangeAnswer:
        """Changes the rows that match, all or none, as `table_create` does; none that matches is no failure."""

    @abstractmethod
    def table_delete(self, request: TableDeleteRequest, call: Call) -> ChangeAnswer:
        """As `table_update`."""

    @abstractmethod
    def get_schema(self, request: GetSchemaRequest, call: Call) -> SchemaAnswer:
        """Describes tables, views and functions: {"tables": {name: {"type": "object", "properties": ...}},
        "views": ..., "rpc": {name: [arguments, result]}}."""

    def table_get_stream(self, request: TableGetRequest, call: Call) -> Iterator[RowsChunk]:
        """Capability `stream`: a generator. It is asked for a chunk only when the last one has left, and closed when
        the reader goes away, so a cursor belongs into `try` ... `finally`."""
        raise NotImplementedError

    def call_function(self, request: CallFunctionRequest, call: Call) -> FunctionAnswer:
        """Capability `functions`."""
        raise NotImplementedError

    def query(self, request: QueryRequest, call: Call) -> RowsAnswer:
        """Capability `query`: one statement that provably reads only; anything else is `permission`."""
        raise NotImplementedError

    def ensure_table(self, request: EnsureTableRequest, call: Call) -> EnsureTableAnswer:
        """Capability `ensure_table`."""
        raise NotImplementedError

    def table_batch(self, request: TableBatchRequest, call: Call) -> BatchAnswer:
        """Capability `batch`: all operations in one transaction; one answer for each."""
        raise NotImplementedError

    def close(self) -> None:
        """Called once when the process stops, after the last call has ended or its time was up."""
