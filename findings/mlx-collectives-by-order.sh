#!/usr/bin/env bash
# behaviour: MLX pairs the collectives of ranks by the order in which each rank evaluates them, not by
# what is summed. Two sums that depend on nothing of each other are evaluated in the order in which
# they are asked for, so ranks that ask in different orders add one rank's first array to the
# other's second: wrong values, and no error as long as the sizes agree. `mx.depends` orders them.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv environment
environment/bin/pip install --quiet --disable-pip-version-check 'mlx[cpu]==0.32.4'
cat >rank.py <<'PYTHON'
import sys
import mlx.core as mx

group = mx.distributed.init(strict=True, backend="ring")
rank = group.rank()
ones, tens = (mx.full((4,), float(each)) for each in (1, 10))


def sums(ordered):
    of_ones = mx.distributed.all_sum(ones, group=group)
    behind = mx.depends([tens], [of_ones])[0] if ordered else tens
    of_tens = mx.distributed.all_sum(behind, group=group)
    for asked in (of_ones, of_tens) if rank == 0 else (of_tens, of_ones):
        mx.eval(asked)
    return of_ones.tolist()[0], of_tens.tolist()[0]


print(rank, *sums(False), *sums(True))
PYTHON
cat >seen.py <<'PYTHON'
import json
import os
import socket
import subprocess
import sys
from importlib.metadata import version

sockets = [socket.socket() for _ in range(2)]
for each in sockets:
    each.bind(("127.0.0.1", 0))
hosts = [[f"127.0.0.1:{each.getsockname()[1]}"] for each in sockets]
for each in sockets:
    each.close()
with open("hosts.json", "w") as file:
    json.dump(hosts, file)
ranks = [
    subprocess.Popen(
        [sys.executable, "rank.py"], stdout=subprocess.PIPE, text=True,
        env={**os.environ, "MLX_HOSTFILE": "hosts.json", "MLX_RANK": str(rank)},
    )
    for rank in range(2)
]
print("python", sys.version.split()[0], "mlx", version("mlx"))
wrong = 0
for rank in ranks:
    number, *sums = rank.communicate(timeout=60)[0].split()
    ones, tens, ordered_ones, ordered_tens = map(float, sums)
    print(f"rank {number}, exit {rank.returncode}: 1 + 1 = {ones}, 10 + 10 = {tens};",
          f"ordered: {ordered_ones}, {ordered_tens}")
    wrong += (ones, tens) != (2, 20)
    assert rank.returncode == 0 and (ordered_ones, ordered_tens) == (2, 20)
sys.exit(0 if wrong == 2 else 1)
PYTHON
environment/bin/python seen.py
