"""A failure with a reason that the contract names."""

import json
from collections.abc import Mapping

import grpc

from easyrest.plugin.v1 import plugin_pb2


class PluginError(Exception):
    """Raise it in a handler: the client gets the reason's HTTP status and the message."""

    def __init__(
        self,
        reason: str,
        message: str,
        *,
        details: Mapping[str, str] | None = None,
        retry_after_ms: int = 0,
    ) -> None:
        """
        :param reason: one of `reasons`; another word is answered as a failure of the plugin
        :param message: for the client: columns, constraints and limits, never SQL or the driver's own text
        :param details: column, constraint, table, nearest, capability, hint for the client; log for the host's log
        :param retry_after_ms: with `unavailable`; 0: unknown
        """
        super().__init__(message)
        self.reason = reason
        self.message = message
        self.details = dict(details or {})
        self.retry_after_ms = retry_after_ms


# reason -> the gRPC status that goes with it on a unary call.
reasons: Mapping[str, grpc.StatusCode] = {
    "unique": grpc.StatusCode.ALREADY_EXISTS,
    "foreign_key": grpc.StatusCode.FAILED_PRECONDITION,
    "conflict": grpc.StatusCode.ABORTED,
    "exclusion": grpc.StatusCode.ALREADY_EXISTS,
    "not_null": grpc.StatusCode.INVALID_ARGUMENT,
    "check": grpc.StatusCode.INVALID_ARGUMENT,
    "bad_value": grpc.StatusCode.INVALID_ARGUMENT,
    "unknown_column": grpc.StatusCode.INVALID_ARGUMENT,
    "max_affected": grpc.StatusCode.INVALID_ARGUMENT,
    "unknown_table": grpc.StatusCode.NOT_FOUND,
    "unknown_function": grpc.StatusCode.NOT_FOUND,
    "permission": grpc.StatusCode.PERMISSION_DENIED,
    "singular": grpc.StatusCode.FAILED_PRECONDITION,
    "precondition": grpc.StatusCode.FAILED_PRECONDITION,
    "too_large": grpc.StatusCode.RESOURCE_EXHAUSTED,
    "unsupported": grpc.StatusCode.UNIMPLEMENTED,
    "unavailable": grpc.StatusCode.UNAVAILABLE,
    "timeout": grpc.StatusCode.DEADLINE_EXCEEDED,
}

# Key of the unary trailer that holds the bytes of an Error message.
error_trailer = "easyrest-error-bin"


def status_of(error: PluginError) -> grpc.StatusCode:
    """The gRPC status of a unary call that failed with it."""
    other = grpc.StatusCode.CANCELLED if error.reason == "cancelled" else grpc.StatusCode.INTERNAL
    return reasons.get(error.reason, other)


def error_message(error: PluginError) -> plugin_pb2.Error:
    """The message Error of the contract, small and plain enough for a trailer: a larger one breaks the connection."""
    details = {clip(name, 64): clip(value, 1024) for name, value in error.details.items()}
    message = plugin_pb2.Error(
        reason=clip(error.reason, 64),
        message=clip(error.message, 1024),
        retry_after_ms=min(max(error.retry_after_ms, 0), 2**32 - 1),
    )
    while details and message.ByteSize() + len(json.dumps(details)) > max_error_bytes:
        details.popitem()
    message.details = json.dumps(details).encode() if details else b""
    return message


# gRPC refuses headers of more than 8 KiB, and base64 makes four bytes of three.
max_error_bytes = 5 * 1024


def clip(text: object, length: int) -> str:
    """Half a surrogate pair is no UTF-8, and protobuf refuses it."""
    return str(text)[:length].encode("utf-16", "surrogatepass").decode("utf-16", "replace")
