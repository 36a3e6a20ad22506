"""Writes the rows of the conformance suite into a file of Parquet: `write_things.py FILE ROWS`, ROWS a JSON array."""

import sys
import tempfile
from pathlib import Path

import duckdb

columns = {
    "id": "BIGINT",
    "name": "VARCHAR",
    "size": "BIGINT",
    "price": "DECIMAL(18,2)",
    "ratio": "DOUBLE",
    "active": "BOOLEAN",
    "data": "VARCHAR",
    "day": "DATE",
    "at": "TIMESTAMPTZ",
    "local_at": "TIMESTAMP",
    "extra": "STRUCT(n INTEGER, tags VARCHAR[])",
}


def write_things(file: Path, rows: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        given = Path(folder) / "rows.json"
        given.write_text(rows)
        query = "SELECT * REPLACE (from_base64(data) AS data) FROM read_json($1, columns = $2)"
        relation = duckdb.sql(query, params=[str(given), columns])
        assert relation is not None
        relation.write_parquet(str(file))


if __name__ == "__main__":
    write_things(Path(sys.argv[1]), sys.argv[2])
