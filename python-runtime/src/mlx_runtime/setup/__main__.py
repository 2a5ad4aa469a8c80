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
    from ..errors import RpcError
    from .convert_model import DiskFullError, convert_model
    from .gguf.errors import GgufError
    from .schemes import ConversionError

    try:
        convert_model(arguments.source, arguments.target, arguments.quantize)
    except DiskFullError as error:
        emit("failed", reason="disk-full", message=str(error))
    except (ConversionError, GgufError, RpcError) as error:
        emit("failed", reason="refused", message=str(error))
    else:
        emit("done")
        return 0
    return 1


def _hub(arguments: argparse.Namespace) -> int:
    from .download_hub import download_hub
    from .hub_failure import failure_reason

    try:
        emit("started")
        download_hub(
            arguments.model,
            arguments.revision,
            arguments.target,
            verify_checksums=not arguments.unverified,
        )
    except Exception as error:
        emit("failed", reason=failure_reason(error), message=f"{type(error).__name__}: {error}")
        return 1
    emit("done")
    return 0


def _seal(arguments: argparse.Namespace) -> int:
    from .checksums import seal

    seal(arguments.directory)
    return 0


def _verify(arguments: argparse.Namespace) -> int:
    from .checksums import changed_files

    emit("verified", changed=changed_files(arguments.directory))
    return 0


def _parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m mlx_runtime.setup")
    commands = parser.add_subparsers(required=True)
    check = commands.add_parser("check", help="import what the sidecar imports")
    check.set_defaults(run=_check)
    blas = commands.add_parser("blas", help="prepare a fast BLAS to preload")
    blas.add_argument("target", type=Path)
    blas.set_defaults(run=_blas)
    convert = commands.add_parser("convert", help="convert a GGUF file or a directory")
    convert.add_argument("source", type=Path)
    convert.add_argument("target", type=Path)
    convert.add_argument("--quantize", choices=["4", "8", "mxfp4", "nvfp4", "mixed"])
    convert.set_defaults(run=_convert)
    hub = commands.add_parser("hub", help="download a model of the Hugging Face hub")
    hub.add_argument("model")
    hub.add_argument("target", type=Path)
    hub.add_argument("--revision")
    hub.add_argument("--unverified", action="store_true", help="do not compare checksums")
    hub.set_defaults(run=_hub)
    seal = commands.add_parser("seal", help="write down the checksums of a directory's files")
    seal.add_argument("directory", type=Path)
    seal.set_defaults(run=_seal)
    verify = commands.add_parser("verify", help="name the files that are not as they were sealed")
    verify.add_argument("directory", type=Path)
    verify.set_defaults(run=_verify)
    return parser.parse_args()


if __name__ == "__main__":
    options = _parse()
    sys.exit(options.run(options))
