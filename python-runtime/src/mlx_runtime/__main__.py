"""Entry point: takes the standard streams before anything else can touch them."""

import sys

from .standard_streams import claim_standard_streams


def main() -> None:
    frames_in, frames_out = claim_standard_streams()

    from .process import run

    sys.exit(run(frames_in, frames_out))


if __name__ == "__main__":
    main()
