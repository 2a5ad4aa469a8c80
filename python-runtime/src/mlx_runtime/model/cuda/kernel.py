"""One compiled kernel, as an operation on arrays."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, cast

import mlx.core as mx
import numpy as np

from .compiler import compiled

_fast = cast("Any", mx.fast)

NUMBERS = {mx.bfloat16: 0, mx.float16: 1, mx.float32: 2}
"""What stands for a type in kernels (`NUMBER`)."""


class Kernel:
    """Compiled when it is made; raises CompileFailed."""

    def __init__(
        self, file: str, name: str, threads: int, definitions: Mapping[str, int], shared: int = 0
    ) -> None:
        """`name`: of the function in the file. `threads`: of a block.
        `shared`: bytes of memory that a block's threads share, beside what the file declares.
        """
        self._code = compiled(file, definitions)
        self._name = name
        self._threads = threads
        self._shared = shared

    def __call__(
        self,
        inputs: Sequence[mx.array],
        outputs: Sequence[tuple[Sequence[int], mx.Dtype]],
        scalars: Sequence[int | float | bool],
        blocks: tuple[int, int, int],
    ) -> list[mx.array]:
        """`outputs`: their shapes and types. Inputs that lie scattered in memory are copied."""
        across, down, deep = blocks
        # MLX takes no number that float32 would have to round.
        rounded = [float(np.float32(x)) if isinstance(x, float) else x for x in scalars]
        return _fast.precompiled_cuda_kernel(
            name=self._name,
            compiled_source=self._code,
            inputs=list(inputs),
            output_shapes=[shape for shape, _ in outputs],
            output_dtypes=[dtype for _, dtype in outputs],
            scalars=rounded,
            grid=(across * self._threads, down, deep),
            threadgroup=(self._threads, 1, 1),
            shared_memory=self._shared,
            ensure_row_contiguous=True,
        )
