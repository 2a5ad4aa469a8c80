"""Keeps the frames' channel apart from what libraries print or read.

Imports nothing but `os` and `sys`: it has to run before any module that might print.
"""

import os
import sys


def claim_standard_streams() -> tuple[int, int]:
    """Returns descriptors of the real stdin and stdout, not inherited by children.

    Descriptor 0 then reads nothing and descriptor 1 writes to stderr, also for
    native code and for processes that a library starts.
    """
    frames_in = os.dup(0)
    frames_out = os.dup(1)
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    os.dup2(2, 1)
    # Written line by line: what a library prints must not be lost with the process.
    sys.stdout = sys.stderr
    return frames_in, frames_out
