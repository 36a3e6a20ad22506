"""Version of this package; a test holds it to pyproject.toml."""

version = "0.1.0"
