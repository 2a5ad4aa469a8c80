"""Imports the classes of mlx-vlm's models, and nothing else of it.

mlx_vlm/__init__.py pulls in its server, trainer and audio, and the modules that
prepare inputs patch transformers for the whole process and have it trust remote
code. Both are left out: images are prepared by a process of ours. Works for the
pinned version; a test watches it.
"""

from __future__ import annotations

import importlib
import importlib.util
import os
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

_FOLDER = "MLX_RUNTIME_VISION"
"""Variable with the folder that `mlx-engine setup --vision` filled."""


class VisionNotInstalled(Exception):
    """The packages that read images are not there."""


def vision_folder() -> Path | None:
    """Where the packages for images are; None: they are not installed."""
    folder = os.environ.get(_FOLDER)
    return Path(folder) if folder and (Path(folder) / "mlx_vlm").is_dir() else None


def import_architecture(name: str) -> Any:
    """The package of one architecture, such as `qwen2_vl`; raises VisionNotInstalled."""
    _prepare()
    for family in _with_relatives(name):
        _leave_out(f"mlx_vlm.models.{family}.processing_{family}")
    return importlib.import_module(f"mlx_vlm.models.{name}")


def _prepare() -> None:
    if "mlx_vlm" in sys.modules:
        return
    folder = vision_folder()
    if folder is not None and str(folder) not in sys.path:
        # Behind all else: what both have is the sidecar's own.
        sys.path.append(str(folder))
    spec = importlib.util.find_spec("mlx_vlm")
    if spec is None:
        raise VisionNotInstalled
    # In place without running its __init__, which only re-exports.
    sys.modules["mlx_vlm"] = importlib.util.module_from_spec(spec)


def _with_relatives(name: str) -> tuple[str, ...]:
    """SmolVLM is built from the classes of Idefics 3."""
    return ("idefics3", name) if name == "smolvlm" else (name,)


def _leave_out(module: str) -> None:
    sys.modules.setdefault(module, ModuleType(module))
