"""Commands of the set-up: `python -m mlx_runtime.setup <command> …`."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from .events import emit


def _check(_: argparse.Namespace) -> int:
    from .check import check_imports

    check_imports()
    return 0


def _blas(arguments: argparse.Namespace) -> int:
    from .blas import BlasError, install_blas

    try:
        emit("done", speedup=install_blas(arguments.target))
    except BlasError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


def _convert(arguments: argparse.Namespace) -> int:
    from .convert_gguf import convert_gguf

    convert_gguf(arguments.source, arguments.target)
    return 0


def _hub(arguments: argparse.Namespace) -> int:
    from .download_hub import download_hub
    from .hub_failure import failure_reason

    try:
        emit("started")
        download_hub(arguments.model, arguments.revision, arguments.target)
    except Exception as error:
        emit("failed", reason=failure_reason(error), message=f"{type(error).__name__}: {error}")
        return 1
    emit("done")
    return 0


def _parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m mlx_runtime.setup")
    commands = parser.add_subparsers(required=True)
    check = commands.add_parser("check", help="import what the sidecar imports")
    check.set_defaults(run=_check)
    blas = commands.add_parser("blas", help="prepare a fast BLAS to preload")
    blas.add_argument("target", type=Path)
    blas.set_defaults(run=_blas)
    convert = commands.add_parser("convert", help="convert a GGUF file into a model directory")
    convert.add_argument("source", type=Path)
    convert.add_argument("target", type=Path)
    convert.set_defaults(run=_convert)
    hub = commands.add_parser("hub", help="download a model of the Hugging Face hub")
    hub.add_argument("model")
    hub.add_argument("target", type=Path)
    hub.add_argument("--revision")
    hub.set_defaults(run=_hub)
    return parser.parse_args()


if __name__ == "__main__":
    options = _parse()
    sys.exit(options.run(options))
