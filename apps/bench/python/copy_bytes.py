"""Read a file and write as many bytes beside it: the least that a conversion can cost.

usage: copy_bytes.py SOURCE DESTINATION
"""

from __future__ import annotations

import sys
from pathlib import Path

PIECE = 8 << 20


def main(source: str, destination: str) -> None:
    with Path(source).open("rb") as reader, Path(destination).open("wb") as writer:
        while piece := reader.read(PIECE):
            writer.write(piece)


if __name__ == "__main__":
    main(*sys.argv[1:])
