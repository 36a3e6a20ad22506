"""Names of tables, columns and functions: the plugin is the authority on them."""

from collections.abc import Iterable
from typing import Literal

from .plugin_error import PluginError

NameKind = Literal["table", "column", "function"]


def check_names(kind: NameKind, names: Iterable[str], known: Iterable[str]) -> None:
    """Raises PluginError `unknown_table`, `unknown_column` or `unknown_function` for the first that is not known."""
    all_names = list(known)
    for name in names:
        if name not in all_names:
            raise unknown_name(kind, name, all_names)


def unknown_name(kind: NameKind, name: str, known: Iterable[str], *, table: str | None = None) -> PluginError:
    """The error for a name that does not exist, with the known name that may have been meant.

    :param table: the table a column was looked for in
    """
    place = "" if table is None else f" in {table}"
    details = {} if table is None else {"table": table}
    details[kind] = name
    nearest = nearest_name(name, known)
    if nearest is not None:
        details["nearest"] = nearest
    return PluginError(f"unknown_{kind}", f"there is no {kind} {name}{place}", details=details)


def nearest_name(name: str, known: Iterable[str]) -> str | None:
    """The known name most like `name`, if one is near enough to be what was meant."""
    best, nearest = max(1, len(name) // 3) + 1, None
    for candidate in known:
        if abs(len(candidate) - len(name)) >= best:
            continue
        distance = edit_distance(name.lower(), candidate.lower())
        if distance < best:
            best, nearest = distance, candidate
    return nearest


def edit_distance(left: str, right: str) -> int:
    """Insertions, deletions, replacements and swaps of neighbours (optimal string alignment)."""
    before_previous: list[int] = []
    previous = list(range(len(right) + 1))
    for row, own in enumerate(left, 1):
        current = [row]
        for column, other in enumerate(right, 1):
            distance = min(previous[column] + 1, current[column - 1] + 1, previous[column - 1] + (own != other))
            if row > 1 and column > 1 and own == right[column - 2] and left[row - 2] == other:
                distance = min(distance, before_previous[column - 2] + 1)
            current.append(distance)
        before_previous, previous = previous, current
    return previous[-1]
