"""What is checked in is what it should be."""

import importlib.util
import tomllib
from pathlib import Path

import easyrest_plugin

root = Path(__file__).resolve().parent.parent


def test_generated_code_is_what_the_generator_makes(tmp_path: Path) -> None:
    specification = importlib.util.spec_from_file_location("generate", root / "generate.py")
    assert specification is not None and specification.loader is not None
    generator = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(generator)
    generator.generate(tmp_path)
    made = {path.name: path.read_text() for path in (tmp_path / "easyrest/plugin/v1").iterdir()}
    checked_in = {path.name: path.read_text() for path in (root / "src/easyrest/plugin/v1").glob("*.py*")}
    assert made == checked_in, "run `python generate.py` in sdk/python"


def test_the_version_is_that_of_the_package() -> None:
    project = tomllib.loads((root / "pyproject.toml").read_text())["project"]
    assert easyrest_plugin.__version__ == project["version"]


def test_the_readme_shows_the_minimal_plugin_in_less_than_60_lines() -> None:
    source = (root / "examples/memory.py").read_text()
    assert source.count("\n") < 60
    assert f"```python\n{source}```" in (root / "README.md").read_text()


def test_every_public_name_exists_and_is_listed_once() -> None:
    names = easyrest_plugin.__all__
    assert sorted(set(names)) == names
    assert all(hasattr(easyrest_plugin, name) for name in names)
