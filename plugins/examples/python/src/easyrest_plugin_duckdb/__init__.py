"""EasyREST plugin: a folder of Parquet and CSV files as tables, read with DuckDB."""
