"""Entry point; the first process of a model over several devices starts this on each other one."""

from ..standard_streams import claim_standard_streams


def main() -> None:
    descriptors = claim_standard_streams()

    from .process import run

    run(*descriptors)


if __name__ == "__main__":
    main()
