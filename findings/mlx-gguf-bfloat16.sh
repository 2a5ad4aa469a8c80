#!/usr/bin/env bash
# behaviour: mx.load reads a bfloat16 tensor of a GGUF file as float16, although MLX has bfloat16 and reads it
# as that from safetensors: what is beyond 65,504 becomes infinite, what is below a few hundred-millionths
# becomes 0, and nothing warns. Its documentation says float16 of quantised types that it does not
# know, which bfloat16 is neither.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check \
  'mlx[cpu]==0.32.4' 'gguf==0.19.0' 'numpy==2.3.5'
cd "$folder"
"$folder/venv/bin/python" - <<'PYTHON'
import sys
from importlib.metadata import version

import gguf
import mlx.core as mx
import numpy as np

mx.set_default_device(mx.cpu)
print("mlx", version("mlx"), "gguf", version("gguf"))
numbers = np.float32([[1.0, 131072.0, 2.0**-30, -3.0]])
as_bfloat16 = gguf.quants.quantize(numbers, gguf.GGMLQuantizationType.BF16)
writer = gguf.GGUFWriter("weights.gguf", "llama")
writer.add_tensor("w", as_bfloat16, raw_dtype=gguf.GGMLQuantizationType.BF16)
writer.write_header_to_file()
writer.write_kv_data_to_file()
writer.write_tensors_to_file()
writer.close()
mx.save_safetensors("weights.safetensors", {"w": mx.array(numbers).astype(mx.bfloat16)})
by_gguf = gguf.quants.dequantize(as_bfloat16, gguf.GGMLQuantizationType.BF16)
print("  gguf package:", by_gguf.tolist())
seen = {}
for file in ("weights.safetensors", "weights.gguf"):
    weights = mx.load(file)["w"]
    seen[file] = (weights.dtype, weights.astype(mx.float32).tolist())
    print(f"  {file}: {weights.dtype} {seen[file][1]}")
sys.exit(
    by_gguf.tolist() != numbers.tolist()
    or seen["weights.safetensors"] != (mx.bfloat16, numbers.tolist())
    or seen["weights.gguf"] != (mx.float16, [[1.0, float("inf"), 0.0, -3.0]])
)
PYTHON
