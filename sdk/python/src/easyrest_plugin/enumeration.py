"""Enumerations of the contract as words."""

from typing import cast


def names(enumeration: object, prefix: str) -> dict[int, str]:
    """number -> the name without its prefix in lower case, unspecified left out."""
    values = cast("dict[str, int]", dict(enumeration.items()))  # type: ignore[attr-defined]
    return {number: name.removeprefix(prefix).lower() for name, number in values.items() if number != 0}
