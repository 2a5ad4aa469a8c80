#!/usr/bin/env bash
# behaviour: mx.fast.precompiled_cuda_kernel takes a float scalar only if float32 can hold it
# exactly. 0.125 passes; 0.1 or 128 ** -0.5 is refused with the words "Received float but must be
# one of bool, int or float". So an attention scale works for heads of 64 and not for heads of 128,
# until it is rounded with float(numpy.float32(x)). Integers beyond 32 bits are refused in the same
# way. The check comes before the device is looked for, so a build for CPUs shows it.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check 'mlx[cpu]==0.32.4' 'numpy==2.3.5'
"$folder/venv/bin/python" - <<'PYTHON'
import platform
import sys

import mlx.core as mx
import numpy as np

print("python", platform.python_version(), "mlx", mx.__version__, "numpy", np.__version__)


def refused(scalar: object) -> bool:
    """Whether the scalar itself is refused; without a card, the others end one check later."""
    try:
        mx.fast.precompiled_cuda_kernel(
            name="nothing", compiled_source=b"", inputs=[], scalars=[scalar],
            output_shapes=[(1,)], output_dtypes=[mx.float32], grid=(1, 1, 1), threadgroup=(1, 1, 1),
        )
    except ValueError as error:
        print(f"{scalar!r:>22}: {error}"[:130])
        return True
    except RuntimeError as error:
        print(f"{scalar!r:>22}: taken ({error})")
    return False


taken = [0.125, 64**-0.5, float(np.float32(0.1)), float(np.float32(128**-0.5)), 2**31 - 1]
not_taken = [0.1, 128**-0.5, 1 / 3, 16777217.0, 2**31]
seen = [refused(x) for x in taken], [refused(x) for x in not_taken]
sys.exit(0 if not any(seen[0]) and all(seen[1]) else "the behaviour has changed")
PYTHON
