"""Write EasyREST plugins in Python: see README.md, and proto/easyrest/plugin/v1 for the contract with every detail."""

from .answers import (
    BatchAnswer,
    ChangeAnswer,
    CreateAnswer,
    EnsureTableAnswer,
    FunctionAnswer,
    Rows,
    RowsAnswer,
    RowsChunk,
    SchemaAnswer,
)
from .cache_plugin import CachePlugin
from .call import Call
from .check_write import WriteRequest, check_write
from .conditions import (
    AggregateProjection,
    And,
    ColumnProjection,
    Comparison,
    Not,
    Or,
    OrderTerm,
    Page,
    Predicate,
    Projection,
    ValueProjection,
)
from .db_plugin import DBPlugin
from .matches import matches
from .names import check_names, nearest_name, unknown_name
from .parse_rows import parse_row, parse_rows
from .plugin_error import PluginError
from .print_rows import AnswerError
from .request_context import RequestContext
from .requests import (
    BatchOperation,
    CacheDeleteRequest,
    CacheGetRequest,
    CacheSetRequest,
    CallFunctionRequest,
    ColumnDefinition,
    Conflict,
    EnsureTableRequest,
    GetSchemaRequest,
    IndexDefinition,
    InitConnectionRequest,
    QueryRequest,
    TableBatchRequest,
    TableCreateRequest,
    TableDeleteRequest,
    TableGetRequest,
    TableUpdateRequest,
)
from .select_rows import project_rows, select_rows, sort_rows
from .serve import serve
from .uri_options import uri_options
from .version import version

__version__ = version

__all__ = [
    "AggregateProjection",
    "And",
    "AnswerError",
    "BatchAnswer",
    "BatchOperation",
    "CacheDeleteRequest",
    "CacheGetRequest",
    "CachePlugin",
    "CacheSetRequest",
    "Call",
    "CallFunctionRequest",
    "ChangeAnswer",
    "ColumnDefinition",
    "ColumnProjection",
    "Comparison",
    "Conflict",
    "CreateAnswer",
    "DBPlugin",
    "EnsureTableAnswer",
    "EnsureTableRequest",
    "FunctionAnswer",
    "GetSchemaRequest",
    "IndexDefinition",
    "InitConnectionRequest",
    "Not",
    "Or",
    "OrderTerm",
    "Page",
    "PluginError",
    "Predicate",
    "Projection",
    "QueryRequest",
    "RequestContext",
    "Rows",
    "RowsAnswer",
    "RowsChunk",
    "SchemaAnswer",
    "TableBatchRequest",
    "TableCreateRequest",
    "TableDeleteRequest",
    "TableGetRequest",
    "TableUpdateRequest",
    "ValueProjection",
    "WriteRequest",
    "check_names",
    "check_write",
    "matches",
    "nearest_name",
    "parse_row",
    "parse_rows",
    "project_rows",
    "select_rows",
    "serve",
    "sort_rows",
    "unknown_name",
    "uri_options",
]
