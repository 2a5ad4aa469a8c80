#!/usr/bin/env bash
# behaviour: MLX has a random state of its own for each thread, and all of them begin with the same one:
# threads that draw at the same time draw the same numbers, not independent ones, and a new thread
# begins with what the main thread drew first. mx.random.seed reaches the calling thread alone, so
# that it makes nothing repeatable that a worker draws. The documentation speaks of one global
# state. Keys (`key=`) are as good in any thread.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check 'mlx[cpu]==0.32.4'
"$folder/venv/bin/python" - <<'PYTHON'
import sys
from importlib.metadata import version
from threading import Thread

import mlx.core as mx

mx.set_default_device(mx.cpu)
print("mlx", version("mlx"))


def draw():
    return mx.random.randint(0, 1_000_000, (3,)).tolist()


def in_threads(count):
    drawn = []

    def work():
        drawn.append(draw())
        mx.clear_streams()

    for _ in range(count):
        thread = Thread(target=work)
        thread.start()
        thread.join()
    return drawn


first = draw()
unseeded = in_threads(3)
mx.random.seed(7)
seeded = draw()
after_seed = in_threads(1)[0]
print("  the main thread first drew", first)
print("  three threads then drew", *unseeded)
print("  after seed(7) the main thread drew", seeded, "and a thread", after_seed)
sys.exit(not (unseeded == [first] * 3 and after_seed == first and seeded != first))
PYTHON
