"""Entry point: takes the standard streams before anything else can touch them."""

import argparse
import sys

from .standard_streams import claim_standard_streams


def main() -> None:
    parser = argparse.ArgumentParser(
        "python -m mlx_runtime",
        description="Serves one MLX model over JSON-RPC frames on its standard streams.",
    )
    parser.add_argument(
        "--expect",
        metavar="DIRECTORY",
        help="the model that will probably be loaded; its tokenizer is read ahead",
    )
    options = parser.parse_args()
    frames_in, frames_out = claim_standard_streams()

    from .process import run

    sys.exit(run(frames_in, frames_out, options.expect))


if __name__ == "__main__":
    main()
