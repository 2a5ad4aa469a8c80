"""What models compute on CUDA, in ways that suit a server better than MLX's own."""

from .install import own_kernels_in_use, use_own_kernels
from .layout import lay_out_for_gpu
from .next_attention import NextPlaces
from .sampler import sample_rows

__all__ = [
    "NextPlaces",
    "lay_out_for_gpu",
    "own_kernels_in_use",
    "sample_rows",
    "use_own_kernels",
]
