"""Files as the schemas of db.proto."""

from typing import Any

from .column import Term, integers
from .folder import File


def table_schema(file: File, key: str | None) -> dict[str, Any]:
    """:param key: the column that identifies rows, if the table has it"""
    schema: dict[str, Any] = {
        "type": "object",
        "properties": {column.name: column_schema(column, key) for column in file.columns},
    }
    if any(column.name == key for column in file.columns):
        schema["x-primary-key"] = [key]
    return schema


def column_schema(column: Term, key: str | None) -> dict[str, Any]:
    """Files know no NOT NULL; only the key has none by its nature."""
    return {**json_type(column), "readOnly": True, "x-nullable": column.name != key}


def json_type(column: Term) -> dict[str, str]:
    if column.kind in integers:
        return {"type": "integer", "format": "int64"} if column.kind == "BIGINT" else {"type": "integer"}
    return types.get(column.kind, {"type": "string"})


types = {
    "DECIMAL": {"type": "number"},
    "DOUBLE": {"type": "number", "format": "double"},
    "FLOAT": {"type": "number", "format": "float"},
    "BOOLEAN": {"type": "boolean"},
    "BLOB": {"type": "string", "format": "byte"},
    "DATE": {"type": "string", "format": "date"},
    "TIMESTAMP": {"type": "string"},
    "TIMESTAMP WITH TIME ZONE": {"type": "string", "format": "date-time"},
    "UUID": {"type": "string", "format": "uuid"},
    "LIST": {"type": "array"},
    "STRUCT": {"type": "object"},
    "MAP": {"type": "object"},
    "JSON": {"type": "object"},
}
