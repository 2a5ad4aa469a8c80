"""Imports the parts of mlx-lm that load and run models, and nothing else.

mlx_lm/__init__.py and mlx_lm.utils pull in transformers and a HTTP client,
which take over a second and are not used here: tokenizers and downloads are
handled elsewhere. Works for the pinned version; a test watches it.
"""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Generator
from contextlib import contextmanager
from types import ModuleType


def prepare_mlx_lm() -> None:
    """Makes `import mlx_lm.models...` and `mlx_lm.utils` cheap. Call before importing either."""
    if "mlx_lm" in sys.modules:
        return
    spec = importlib.util.find_spec("mlx_lm")
    if spec is None or spec.loader is None:
        raise ModuleNotFoundError("mlx-lm is not installed in this Python environment")
    package = importlib.util.module_from_spec(spec)
    # In place without running its __init__, which only re-exports.
    sys.modules["mlx_lm"] = package
    with _stand_ins():
        importlib.import_module("mlx_lm.utils")


@contextmanager
def _stand_ins() -> Generator[None]:
    """Names that mlx_lm.utils imports and its model loader does not use."""
    hub = ModuleType("huggingface_hub")
    hub.__dict__["snapshot_download"] = _unavailable
    tokenizer_utils = ModuleType("mlx_lm.tokenizer_utils")
    tokenizer_utils.__dict__.update(TokenizerWrapper=_Unavailable, load=_unavailable)
    modules = {module.__name__: module for module in (hub, tokenizer_utils)}
    modules = {name: module for name, module in modules.items() if name not in sys.modules}
    sys.modules.update(modules)
    try:
        yield
    finally:
        for name in modules:
            del sys.modules[name]
        vars(sys.modules["mlx_lm"]).pop("tokenizer_utils", None)


class _Unavailable:
    """Stands for mlx-lm's tokenizer wrapper."""


def _unavailable(*_args: object, **_options: object) -> None:
    raise RuntimeError("The sidecar neither downloads nor loads tokenizers through mlx-lm")
