from easyrest_plugin import serve

from .duckdb_db import DuckDBPlugin


def main() -> None:
    serve(name="easyrest-plugin-duckdb", version="0.1.0", schemes=["duckdb"], db=DuckDBPlugin())


if __name__ == "__main__":
    main()
