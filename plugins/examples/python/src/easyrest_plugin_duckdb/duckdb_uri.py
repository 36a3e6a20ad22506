"""The connection URI: `duckdb:///folder?key=id&threads=4&memory_limit=1GB`."""

import re
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote

from easyrest_plugin import PluginError, uri_options


@dataclass(frozen=True)
class DuckDBUri:
    folder: Path
    key: str | None  # the column that identifies rows, in the tables that have it
    settings: dict[str, str]  # of DuckDB


def parse_uri(uri: str) -> DuckDBUri:
    """Raises PluginError `bad_value`."""
    path, _, query = uri.partition("://")[2].partition("?")
    if not path.startswith("/"):
        raise bad_uri("expected an absolute path, e.g. duckdb:///var/lib/reports")
    options = dict(uri_options(query, ["key", "threads", "memory_limit"]))
    settings = {name: check_setting(name, value) for name, value in options.items() if name in forms}
    return DuckDBUri(Path(unquote(path)).resolve(), options.get("key"), settings)


forms = {"threads": r"[1-9][0-9]{0,2}", "memory_limit": r"[1-9][0-9]*(KB|MB|GB|KiB|MiB|GiB)"}


def check_setting(name: str, value: str) -> str:
    if re.fullmatch(forms[name], value):
        return value
    raise bad_uri(f'expected {name} like {forms[name]}, got "{value}"')


def bad_uri(problem: str) -> PluginError:
    return PluginError("bad_value", f"the connection URI is wrong: {problem}")
