"""Refuses requests that ask for what a plugin does not name."""

from collections.abc import Callable, Sequence

from .conditions import AggregateProjection, And, Comparison, Page, Predicate
from .plugin_error import PluginError
from .requests import CallFunctionRequest, TableCreateRequest, TableDeleteRequest, TableGetRequest, TableUpdateRequest

WishingRequest = TableGetRequest | TableCreateRequest | TableUpdateRequest | TableDeleteRequest | CallFunctionRequest
Guard = Callable[[WishingRequest], None]


def capability_guard(capabilities: Sequence[str]) -> Guard:
    """Makes a function that raises `unsupported` with the capability that is missing.

    A plugin that overlooked such a wish would answer other rows than those that were asked for.
    """
    missing = {capability for capability in guarded if capability not in capabilities}

    def guard(request: WishingRequest) -> None:
        for capability in guarded:
            if capability in missing and capability in wishes(request):
                raise unsupported(capability)

    return guard


# In the order in which they are refused.
guarded = (
    "function_filters",
    "filter_tree",
    "aggregates",
    "distinct",
    "cast",
    "count",
    "last_key",
    "returning",
    "upsert",
    "missing_default",
    "precondition",
)


def wishes(request: WishingRequest) -> set[str]:
    """The capabilities a request takes beyond the minimum."""
    asked = {"cast"} if any(projection.cast for projection in request.select) else set()
    match request:
        case TableGetRequest():
            return asked | get_wishes(request)
        case TableCreateRequest():
            return asked | create_wishes(request)
        case CallFunctionRequest():
            return asked | function_wishes(request)
    return asked | change_wishes(request)


def get_wishes(request: TableGetRequest) -> set[str]:
    has_aggregate = any(isinstance(projection, AggregateProjection) for projection in request.select)
    asked = {
        "filter_tree": is_tree(request.where),
        "aggregates": has_aggregate or bool(request.grouping) or request.having is not None,
        "distinct": request.distinct,
        "count": request.count == "exact",
        "last_key": bool(request.last_key_columns),
    }
    return {capability for capability, is_asked in asked.items() if is_asked}


def function_wishes(request: CallFunctionRequest) -> set[str]:
    """Of the rows that the function may answer."""
    has_aggregate = any(isinstance(projection, AggregateProjection) for projection in request.select)
    on_rows = request.where is not None or request.page != Page() or request.count == "exact"
    on_result = request.expect_set or request.expect_single or request.max_affected is not None
    asked = {
        "function_filters": on_rows or on_result or bool(request.select) or bool(request.ordering),
        "filter_tree": is_tree(request.where),
        "aggregates": has_aggregate,
    }
    return {capability for capability, is_asked in asked.items() if is_asked}


def create_wishes(request: TableCreateRequest) -> set[str]:
    asked = {
        "returning": request.returning == "keys" or bool(request.select),
        "upsert": request.conflict is not None,
        "missing_default": request.missing_default,
        "precondition": request.overwrite_when is not None,
    }
    return {capability for capability, is_asked in asked.items() if is_asked}


def change_wishes(request: TableUpdateRequest | TableDeleteRequest) -> set[str]:
    asked = {
        "filter_tree": is_tree(request.where),
        "returning": request.returning != "none",
        "precondition": bool(request.if_match),
    }
    return {capability for capability, is_asked in asked.items() if is_asked}


def is_tree(where: Predicate | None) -> bool:
    if where is None or isinstance(where, Comparison):
        return False
    return any(is_tree(item) for item in where.items) if isinstance(where, And) else True


def unsupported(capability: str) -> PluginError:
    details = {"capability": capability}
    return PluginError("unsupported", f"this plugin has no capability {capability}", details=details)
