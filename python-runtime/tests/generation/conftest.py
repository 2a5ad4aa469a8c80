"""Settings for all tests of the generation."""

import mlx.core as mx
from hypothesis import settings

# On a CPU, MLX would call a C++ compiler at run time.
mx.disable_compile()

# A busy machine makes an example slow; that says nothing about the code.
settings.register_profile("unhurried", deadline=None)
settings.load_profile("unhurried")
