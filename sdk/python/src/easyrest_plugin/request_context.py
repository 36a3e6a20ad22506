"""What is known about the HTTP request behind a call."""

import json
from dataclasses import dataclass
from typing import Any, Literal

TransactionEnd = Literal["commit", "rollback"]


@dataclass(frozen=True, slots=True)
class RequestContext:
    """What is known about the HTTP request behind a call. Nothing of it may be visible to the next call."""

    user_id: str = ""  # empty: anonymous
    timezone: str = "UTC"  # IANA name, or an offset such as +05:30
    tx_end: TransactionEnd = "commit"  # how a write ends; rollback is a dry run
    read_only: bool = False  # the call must not change data
    ctx: bytes = b""  # a JSON object: headers, claims, method, path, query, prefer, role

    @property
    def values(self) -> dict[str, Any]:
        """`ctx` parsed; names in it are data, never part of a statement."""
        parsed: dict[str, Any] = json.loads(self.ctx or b"{}")
        return parsed
