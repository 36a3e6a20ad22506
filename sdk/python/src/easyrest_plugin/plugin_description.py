"""What GetInfo answers."""

from collections.abc import Sequence

from easyrest.plugin.v1 import plugin_pb2

from .cache_plugin import CachePlugin
from .db_plugin import DBPlugin
from .options import Options
from .version import version

sdk = f"easyrest-plugin (Python) {version}"


def describe_plugin(options: Options) -> plugin_pb2.GetInfoResponse:
    return plugin_pb2.GetInfoResponse(
        name=options.name,
        version=options.version,
        roles=roles(options),
        schemes=options.schemes,
        capabilities=list(dict.fromkeys(["session", *capabilities(options)])),
        limits=plugin_pb2.Limits(
            max_in_flight=options.max_in_flight,
            max_message_bytes=options.max_message_bytes,
        ),
        sdk=sdk,
    )


def roles(options: Options) -> list[plugin_pb2.Role]:
    served = [(options.db, plugin_pb2.ROLE_DB), (options.cache, plugin_pb2.ROLE_CACHE)]
    return [role for plugin, role in served if plugin is not None]


def capabilities(options: Options) -> list[str]:
    named = [] if options.db is None else list(db_capabilities(options.db))
    if options.cache is not None and defines(options.cache, CachePlugin, "delete"):
        named.append("cache_delete")
    return named


def db_capabilities(db: DBPlugin) -> Sequence[str]:
    """Those it names, and those that follow from the optional methods it defines."""
    by_method = [name for method, name in method_capabilities if defines(db, DBPlugin, method)]
    return [*db.capabilities, *by_method]


method_capabilities = (
    ("call_function", "functions"),
    ("table_get_stream", "stream"),
    ("query", "query"),
    ("ensure_table", "ensure_table"),
    ("table_batch", "batch"),
)


def defines(plugin: object, base: type, method: str) -> bool:
    """Whether the plugin has an optional method of its own."""
    return getattr(type(plugin), method) is not getattr(base, method)
