"""What a request allows its write to be."""

from .plugin_error import PluginError
from .requests import TableCreateRequest, TableDeleteRequest, TableUpdateRequest

WriteRequest = TableCreateRequest | TableUpdateRequest | TableDeleteRequest


def check_write(request: WriteRequest, affected: int) -> None:
    """To be called before COMMIT: read_only, max_affected, expect_single.

    Raises PluginError `permission`, `max_affected` or `singular`; the transaction must then be rolled back.
    """
    if request.context.read_only:
        raise PluginError("permission", "the request may only read")
    if request.max_affected is not None and affected > request.max_affected:
        problem = f"expected at most {request.max_affected} rows to be affected, found {affected}"
        raise PluginError("max_affected", problem)
    if request.expect_single and affected != 1:
        raise PluginError("singular", f"expected exactly one row, found {affected}")
