"""Names in statements."""


def quote(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
