"""Settings for all tests of the generation."""

import mlx.core as mx

# On a CPU, MLX would call a C++ compiler at run time.
mx.disable_compile()
