#!/usr/bin/env bash
# behaviour: mlx-lm's repetition penalty with repetition_context_size=0 looks at the whole text,
# not at none of it: the window is cut as the last 0 tokens, which in Python is everything. And
# its presence and frequency penalties, which are named as OpenAI's, forget what is more than
# 20 tokens back unless told otherwise.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check \
  'mlx[cpu]==0.32.4' 'mlx-lm==0.32.2' 'numpy==2.3.5'
"$folder/venv/bin/python" - <<'PYTHON'
import sys
from importlib.metadata import version

import mlx.core as mx
from mlx_lm.sample_utils import make_logits_processors

mx.set_default_device(mx.cpu)
print("mlx", version("mlx"), "mlx-lm", version("mlx-lm"))
VOCABULARY = 32


def penalised(text, **settings):
    (processor,) = make_logits_processors(**settings)
    logits = processor(mx.array(text), mx.ones((1, VOCABULARY)))
    return sorted(token for token in range(VOCABULARY) if logits[0, token].item() != 1)


text = list(range(30))
none = penalised(text, repetition_penalty=2.0, repetition_context_size=0)
one = penalised(text, repetition_penalty=2.0, repetition_context_size=1)
presence = penalised(text, presence_penalty=0.5)
print("window 0:", len(none), "tokens; window 1:", len(one), "token")
print("presence penalty reaches back", len(presence), "of", len(text), "tokens")
sys.exit(not (len(none) == 30 and one == [29] and len(presence) == 20))
PYTHON
