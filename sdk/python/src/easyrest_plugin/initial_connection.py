"""The rules of InitConnection for one role, so that an author need not think of them."""

import re
import threading
from collections.abc import Callable, Sequence

from .answer_shape import text
from .call import Call
from .plugin_error import PluginError
from .requests import InitConnectionRequest

Connect = Callable[[InitConnectionRequest, Call], str]


class InitialConnection:
    """The same URI again gets the first answer, another is refused; after a failure any may be tried again."""

    def __init__(self, schemes: Sequence[str], connect: Connect) -> None:
        """:param schemes: the URI schemes this plugin accepts"""
        self._schemes = schemes
        self._connect = connect
        self._connecting = threading.Lock()
        self._uri: str | None = None
        self._server = ""

    def open(self, request: InitConnectionRequest, call: Call) -> str:
        """What answered. Raises PluginError."""
        self._check_scheme(request.uri)
        with self._connecting:
            if self._uri is None:
                self._server = text(self._connect(request, call), "init_connection")
                self._uri = request.uri
            elif request.uri != self._uri:
                raise PluginError(
                    "bad_value", "the plugin is connected to another URI; start one process per connection"
                )
        return self._server

    def require(self) -> None:
        """Raises `unavailable` before the first success of `open`."""
        if self._uri is None:
            problem = "the plugin is not connected yet: InitConnection comes before any other call"
            raise PluginError("unavailable", problem)

    def _check_scheme(self, uri: str) -> None:
        scheme = re.match(r"([A-Za-z][A-Za-z0-9+.-]{0,31})://", uri)
        if scheme is not None and scheme[1].lower() in [known.lower() for known in self._schemes]:
            return
        expected = " or ".join(f"{known}://" for known in self._schemes)
        received = "a URI without a scheme" if scheme is None else f'the scheme "{scheme[1]}"'
        raise PluginError("bad_value", f"expected a URI that begins with {expected}, got {received}")
