"""What models compute on CUDA, in ways that suit a server better than MLX's own."""

from .fused_projections import fuse_projections
from .install import own_kernels_in_use, use_own_kernels
from .sampler import sample_rows

__all__ = ["fuse_projections", "own_kernels_in_use", "sample_rows", "use_own_kernels"]
