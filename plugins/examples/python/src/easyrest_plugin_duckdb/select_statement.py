"""A table request as one statement of DuckDB, from a finite set of templates.

Values are parameters. Names are those of the file: one of the request is looked up there, and what is found is quoted.
"""

from dataclasses import dataclass, field
from typing import Any

from easyrest_plugin import (
    AggregateProjection,
    ColumnProjection,
    OrderTerm,
    PluginError,
    Projection,
    TableGetRequest,
    unknown_name,
)

from .column import Term, integers, numbers
from .folder import File
from .where_clause import where_clause


@dataclass
class Parameters:
    """The values of a statement; `add` answers how it names one."""

    values: list[Any] = field(default_factory=list)

    def add(self, value: Any) -> str:
        self.values.append(value)
        return f"${len(self.values)}"


@dataclass(frozen=True)
class Statement:
    sql: str
    values: list[Any]
    members: dict[str, Term]  # alias -> what is selected, in the order of the columns of the answer
    key: list[Term]  # the columns behind the members, for last_key


def select_statement(request: TableGetRequest, file: File) -> Statement:
    """Raises PluginError `unknown_column`, `bad_value` or `unsupported`."""
    parameters = Parameters([str(file.path)])
    members = projected(request, file, parameters)
    key = last_key(request, file)
    selected = ", ".join(term.printable for term in [*members.values(), *key])
    distinct = "DISTINCT " if request.distinct else ""
    clauses = [f"SELECT {distinct}{selected}", *filters(request, file, members, parameters)]
    if request.ordering:
        terms = [order(term, file, members, request.distinct) for term in request.ordering]
        clauses.append(f"ORDER BY {', '.join(terms)}")
    if request.page.limit is not None:
        clauses.append(f"LIMIT {parameters.add(min(request.page.limit, largest_page))}")
    if request.page.offset:
        clauses.append(f"OFFSET {parameters.add(min(request.page.offset, largest_page))}")
    return Statement(" ".join(clauses), parameters.values, members, key)


def count_statement(request: TableGetRequest, file: File) -> Statement:
    """How many rows the request has without its page."""
    parameters = Parameters([str(file.path)])
    members = projected(request, file, parameters)
    selected = ", ".join(term.sql for term in members.values())
    distinct = "DISTINCT " if request.distinct else ""
    clauses = [f"SELECT {distinct}{selected}", *filters(request, file, members, parameters)]
    return Statement(f"SELECT count(*) FROM ({' '.join(clauses)})", parameters.values, {}, [])


# What DuckDB can count.
largest_page = 2**62


def filters(request: TableGetRequest, file: File, members: dict[str, Term], parameters: Parameters) -> list[str]:
    clauses = [f"FROM {file.source} AS t"]
    if request.where is not None:
        clauses.append(f"WHERE {where_clause(request.where, file.column, parameters.add)}")
    if request.grouping:
        clauses.append("GROUP BY " + ", ".join(file.column(name).sql for name in request.grouping))
    if request.having is not None:
        clauses.append(f"HAVING {where_clause(request.having, lambda name: member(name, members), parameters.add)}")
    return clauses


def projected(request: TableGetRequest, file: File, parameters: Parameters) -> dict[str, Term]:
    if not request.select:
        return {column.name: column for column in file.columns}
    return {projection.alias: projected_term(projection, file, parameters) for projection in request.select}


def projected_term(projection: Projection, file: File, parameters: Parameters) -> Term:
    if isinstance(projection, ColumnProjection):
        term = file.column(projection.column)
    elif isinstance(projection, AggregateProjection):
        term = aggregate(projection, file)
    else:
        term = Term(f"CAST({parameters.add(projection.value)} AS VARCHAR)", "VARCHAR")
    named = Term(term.sql, term.type, projection.alias)
    return cast(named, projection.cast) if projection.cast else named


def aggregate(projection: AggregateProjection, file: File) -> Term:
    function = projection.function
    if function not in ("count", "sum", "avg", "min", "max"):
        raise PluginError("unsupported", f"this plugin does not know the aggregate {function}")
    if projection.column == "":
        if function != "count" or projection.distinct:
            raise PluginError("bad_value", f"expected a column for {function}, got none")
        return Term("count(*)", "BIGINT")
    column = file.column(projection.column)
    if function in ("sum", "avg") and column.kind not in numbers:
        problem = f"column {column.name}: expected numbers for {function}, got {column.kind.lower()}"
        raise PluginError("bad_value", problem, details={"column": column.name})
    distinct = "DISTINCT " if projection.distinct else ""
    return Term(f"{function}({distinct}{column.sql})", aggregated_type(function, column))


def aggregated_type(function: str, column: Term) -> str:
    """As DuckDB's own aggregates have it."""
    if function in ("min", "max"):
        return column.type
    if function == "sum" and column.kind == "DECIMAL":
        return "DECIMAL(38)"
    if function == "sum" and column.kind in integers:
        return "HUGEINT"
    return "BIGINT" if function == "count" else "DOUBLE"


def cast(term: Term, name: str) -> Term:
    if name not in casts:
        raise PluginError("bad_value", f"expected a cast to one of {', '.join(casts)}, got {name}")
    if term.kind == "TIMESTAMP WITH TIME ZONE" and name != "timestamp":
        problem = f"{term.name}: a timestamp with zone can only be cast to timestamp"
        raise PluginError("unsupported", problem, details={"capability": "cast"})
    kind = term.type if term.kind == "TIMESTAMP WITH TIME ZONE" else casts[name]
    return Term(f"CAST({term.sql} AS {kind})", kind, term.name)


casts = {
    "text": "VARCHAR",
    "integer": "INTEGER",
    "bigint": "BIGINT",
    "numeric": "DECIMAL(38,10)",
    "double": "DOUBLE",
    "boolean": "BOOLEAN",
    "date": "DATE",
    "timestamp": "TIMESTAMP",
}


def order(term: OrderTerm, file: File, members: dict[str, Term], distinct: bool) -> str:
    source = members[term.column] if term.column in members else file.column(term.column)
    if distinct and source.sql not in [member.sql for member in members.values()]:
        problem = f"column {term.column}: distinct rows can only be ordered by what is selected"
        raise PluginError("bad_value", problem, details={"column": term.column})
    return f"{source.printable if distinct else source.sql} {term.direction.upper()} NULLS {term.nulls.upper()}"


def last_key(request: TableGetRequest, file: File) -> list[Term]:
    if request.last_key_columns and (request.distinct or request.grouping):
        details = {"capability": "last_key"}
        raise PluginError("unsupported", "rows that are grouped or distinct have no key", details=details)
    return [file.column(name) for name in request.last_key_columns]


def member(name: str, members: dict[str, Term]) -> Term:
    if name not in members:
        raise unknown_name("column", name, members)
    return members[name]
