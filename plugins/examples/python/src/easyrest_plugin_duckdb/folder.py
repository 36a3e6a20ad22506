"""The tables of a folder: its Parquet and CSV files, by their names."""

import re
import threading
from dataclasses import dataclass
from pathlib import Path

import duckdb
from easyrest_plugin import PluginError, unknown_name

from .column import Term
from .identifier import quote


@dataclass(frozen=True)
class File:
    """`source` is a table function whose one parameter is the path."""

    path: Path
    source: str
    columns: tuple[Term, ...]

    def column(self, name: str) -> Term:
        """Raises PluginError `unknown_column`."""
        for column in self.columns:
            if column.name == name:
                return column
        raise unknown_name("column", name, [column.name for column in self.columns], table=self.path.stem)


class Folder:
    """Its methods may be called on several threads at once. Files may come, change and go meanwhile."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._known: dict[tuple[Path, int, int], File] = {}
        self._lock = threading.Lock()

    def names(self) -> list[str]:
        """Raises PluginError `unavailable`."""
        return sorted(self._paths())

    def file(self, name: str, connection: duckdb.DuckDBPyConnection) -> File:
        """Raises PluginError `unknown_table` or `unavailable`."""
        paths = self._paths()
        if name not in paths:
            raise unknown_name("table", name, paths)
        try:
            status = paths[name].stat()
        except FileNotFoundError:
            raise unknown_name("table", name, paths) from None
        key = (paths[name], status.st_mtime_ns, status.st_size)
        with self._lock:
            file = self._known.get(key)
        if file is None:
            file = describe(paths[name], connection)
            with self._lock:
                self._known = {known: each for known, each in self._known.items() if known[0] != paths[name]}
                self._known[key] = file
        return file

    def _paths(self) -> dict[str, Path]:
        paths: dict[str, Path] = {}
        for path in entries(self._path):
            if path.suffix not in readers or not re.fullmatch(identifier, path.stem):
                continue
            if path.stem in paths:
                raise unavailable(f"two files are the table {path.stem}: {paths[path.stem].name} and {path.name}")
            paths[path.stem] = path
        return paths


def entries(folder: Path) -> list[Path]:
    try:
        return sorted(folder.iterdir())
    except OSError as error:
        raise unavailable("the folder of the connection cannot be read") from error


# What the host can ask for; other files are no tables.
identifier = "[A-Za-z_][A-Za-z0-9_]{0,62}"

# suffix -> how DuckDB finds out the columns. Of a CSV all rows are looked at: one that does not fit would fail reads.
readers = {".parquet": "read_parquet($1)", ".csv": "read_csv($1, header = true, sample_size = -1)"}


def describe(path: Path, connection: duckdb.DuckDBPyConnection) -> File:
    try:
        found = connection.execute(f"DESCRIBE SELECT * FROM {readers[path.suffix]}", [str(path)]).fetchall()
    except duckdb.Error as error:
        details = {"log": str(error)}
        raise PluginError("unavailable", f"the file {path.name} cannot be read", details=details) from error
    columns = tuple(Term(f"t.{quote(name)}", kind, name) for name, kind, *_ in found)
    return File(path, source_of(path, columns), columns)


def source_of(path: Path, columns: tuple[Term, ...]) -> str:
    if path.suffix == ".parquet":
        return readers[".parquet"]
    # The types are known now, so that a read does not look through the file again.
    types = ", ".join(f"{literal(column.name)}: {literal(column.type)}" for column in columns)
    return f"read_csv($1, header = true, columns = {{{types}}})"


def literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def unavailable(problem: str) -> PluginError:
    return PluginError("unavailable", problem)
