"""The options behind the `?` of a connection URI."""

import json
from collections.abc import Sequence
from urllib.parse import unquote

from .names import nearest_name
from .plugin_error import PluginError


def uri_options(query: str, valid: Sequence[str]) -> list[tuple[str, str]]:
    """Decoded, in their order. An option without `=` has the value ''.

    Raises `bad_value` for one that is not in `valid`, with those that are, and for escapes that are no UTF-8.
    """
    pairs = [option.partition("=") for option in query.split("&") if option]
    options = [(decode(name), decode(value)) for name, _, value in pairs]
    for name, _value in options:
        if name not in valid:
            raise unknown_option(name, valid)
    return options


def unknown_option(name: str, valid: Sequence[str]) -> PluginError:
    nearest = nearest_name(name, valid)
    next_step = "; valid" if nearest is None else f", did you mean {nearest}? Valid"
    return bad_uri(f"unknown option {json.dumps(name)}{next_step} are {', '.join(valid)}")


def decode(text: str) -> str:
    try:
        return unquote(text, errors="strict")
    except UnicodeDecodeError:
        raise bad_uri(f"expected percent-escapes of UTF-8, got {json.dumps(text)}") from None


def bad_uri(problem: str) -> PluginError:
    return PluginError("bad_value", f"the connection URI is wrong: {problem}")
