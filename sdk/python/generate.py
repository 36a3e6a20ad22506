"""Writes the messages of proto/easyrest/plugin/v1 into a folder: `python generate.py [FOLDER]`, by default src.

Needs grpcio-tools in the version that pyproject.toml names. A test compares what it makes with what is checked in.
"""

import sys
from pathlib import Path

from grpc_tools import protoc

here = Path(__file__).resolve().parent
contract = here.parent.parent / "proto"


def generate(folder: Path) -> None:
    """Raises RuntimeError when protoc refuses the contract; it says why on standard error."""
    files = sorted(str(path.relative_to(contract)) for path in contract.glob("easyrest/plugin/v1/*.proto"))
    status = protoc.main(["protoc", f"-I{contract}", f"--python_out={folder}", f"--pyi_out={folder}", *files])
    if status != 0:
        raise RuntimeError(f"protoc ended with status {status}")


if __name__ == "__main__":
    generate(Path(sys.argv[1]) if len(sys.argv) > 1 else here / "src")
