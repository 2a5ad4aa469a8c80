"""Writes a Qwen2-VL of random weights, large enough that computing is what takes the time.

python vision_model.py DIRECTORY IMAGES, with the tests of python-runtime on the path. IMAGES
files `0.png`, `1.png` ... of noise are put beside it, of two sizes in turn.
"""

from __future__ import annotations

import sys
from pathlib import Path

from mlx_runtime.model.mlx_lm_import import prepare_mlx_lm
from vision.seeing import Shown, png_of
from vision.tiny_models import FAMILIES, write_tiny_vision_model

NAME = "qwen2_vl"
WIDTH = 512
HEAD = 64
SIZES = (256, 256), (1000, 300)


def main() -> None:
    family = FAMILIES[NAME]
    family.text = {
        **family.text,
        "hidden_size": WIDTH,
        "num_hidden_layers": 8,
        "intermediate_size": 1536,
        "num_attention_heads": WIDTH // HEAD,
        "head_dim": HEAD,
        "rope_scaling": {"type": "mrope", "mrope_section": [8, 12, 12]},
    }
    family.vision = {
        **family.vision,
        "embed_dim": 384,
        "hidden_size": WIDTH,
        "mlp_ratio": 4,
        "depth": 8,
        "num_heads": 6,
    }
    prepare_mlx_lm()
    directory = Path(sys.argv[1])
    write_tiny_vision_model(NAME, directory)
    for index in range(int(sys.argv[2])):
        width, height = SIZES[index % len(SIZES)]
        (directory / f"{index}.png").write_bytes(png_of(Shown(width, height, index)))


if __name__ == "__main__":
    main()
