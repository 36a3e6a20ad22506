"""The smallest complete plugin: tables in memory. The first insert decides a table's columns."""

from easyrest_plugin import ChangeAnswer, CreateAnswer, DBPlugin, SchemaAnswer
from easyrest_plugin import check_names, check_write, matches, parse_row, parse_rows, select_rows, serve

tables = {}  # name -> (columns, rows); a row is a dict with every column of its table


def find_table(name):
    check_names("table", [name], tables)
    return tables[name]


def end_write(request, table, affected):
    check_write(request, affected)  # raises when the request does not allow the write
    if affected and request.context.tx_end == "commit":
        tables[request.table] = table
    return affected


class Memory(DBPlugin):
    capabilities = ["filter_tree", "count"]

    def init_connection(self, request, call):
        return "memory"

    def table_get(self, request, call):
        return select_rows(find_table(request.table)[1], request)

    def table_create(self, request, call):
        given = parse_rows(request.rows)
        names = list(request.columns or (given[0] if given else ()))
        columns, rows = tables.get(request.table, (names, []))
        check_names("column", names, columns)
        added = [{name: row.get(name) if name in names else None for name in columns} for row in given]
        affected = end_write(request, (columns, rows + added), len(added))
        return CreateAnswer(affected, [] if request.returning == "none" else added)

    def table_update(self, request, call):
        columns, rows = find_table(request.table)
        data = parse_row(request.data)
        check_names("column", data, columns)
        changed = [{**row, **data} if matches(row, request.where) else row for row in rows]
        affected = sum(new is not old for new, old in zip(changed, rows))
        return ChangeAnswer(end_write(request, (columns, changed), affected))

    def table_delete(self, request, call):
        columns, rows = find_table(request.table)
        kept = [row for row in rows if not matches(row, request.where)]
        return ChangeAnswer(end_write(request, (columns, kept), len(rows) - len(kept)))

    def get_schema(self, request, call):
        types = {name: {column: {"type": "string"} for column in columns} for name, (columns, _) in tables.items()}
        schemas = {name: {"type": "object", "properties": properties} for name, properties in types.items()}
        return SchemaAnswer({"tables": schemas, "views": {}, "rpc": {}})


serve(name="memory", version="0.1.0", schemes=["memory"], db=Memory())
