#!/usr/bin/env bash
# behaviour: mx.load reads the numbers of a safetensors or npy file when they are first used, not when it is
# called: who loads a checkpoint to keep it, and writes the next one to the same file, has kept the new
# one, without an error. What was evaluated before is safe, and so is a file that another replaces by
# renaming, or that is deleted. GGUF is read at once.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check 'mlx[cpu]==0.32.4'
cd "$folder"
"$folder/venv/bin/python" - <<'PYTHON'
import sys
from importlib.metadata import version
from pathlib import Path

import mlx.core as mx

mx.set_default_device(mx.cpu)
print("mlx", version("mlx"))
old, new = mx.array([1.0, 2.0]), mx.array([8.0, 9.0])
WRITERS = {
    "safetensors": lambda file, w: mx.save_safetensors(file, {"w": w}),
    "npy": mx.save,
    "gguf": lambda file, w: mx.save_gguf(file, {"w": w}),
}


def kept(kind, *, evaluated=False, renamed=False):
    file = f"weights.{kind}"
    WRITERS[kind](file, old)
    loaded = mx.load(file)
    weights = loaded if kind == "npy" else loaded["w"]
    if evaluated:
        mx.eval(weights)
    WRITERS[kind](f"next-{file}" if renamed else file, new)
    if renamed:
        Path(f"next-{file}").rename(file)
    return weights.tolist()


seen = {
    "safetensors": kept("safetensors"),
    "npy": kept("npy"),
    "gguf": kept("gguf"),
    "safetensors, evaluated first": kept("safetensors", evaluated=True),
    "safetensors, renamed over": kept("safetensors", renamed=True),
}
print(f"  {old.tolist()} was in the file that was loaded, {new.tolist()} is in the next")
for name, weights in seen.items():
    print(f"  {name}: {weights}")
sys.exit(list(seen.values()) != [new.tolist()] * 2 + [old.tolist()] * 3)
PYTHON
