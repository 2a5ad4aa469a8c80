"""What tests of all folders share."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest
from hypothesis import settings

# transformers looks once for the packages that read images, whoever imports it first.
sys.path.append(os.environ.get("MLX_RUNTIME_VISION", ""))

# The same examples on every machine; HYPOTHESIS_PROFILE=search looks for new ones.
settings.register_profile("repeatable", derandomize=True, deadline=None)
settings.register_profile("search", deadline=None, max_examples=1000)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "repeatable"))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Notes each failure with the first line of its reason, for the last lines of `npm test`."""
    target = os.environ.get("MLX_FAILED_TESTS")
    reports = [*terminalreporter.getreports("failed"), *terminalreporter.getreports("error")]
    # Those who run the tests side by side tell the one who tells us.
    if not target or not reports or hasattr(terminalreporter.config, "workerinput"):
        return
    with Path(target).open("a", encoding="utf-8") as file:
        for report in reports:
            crash = getattr(report.longrepr, "reprcrash", None)
            reason = str(crash.message if crash else report.longrepr).strip().splitlines()
            file.write(f"python-runtime/{report.nodeid}\n    {(reason or ['no reason'])[0]}\n")


_DEFAULT_MODEL = "HuggingFaceTB--SmolLM2-135M-Instruct"


@pytest.fixture(scope="session")
def model_directory() -> Path:
    """The default model, as `mlx-engine setup --model` left it; MLX_TEST_MODEL names another."""
    home = Path(os.environ.get("MLX_SERVE_HOME") or Path.home() / ".cache" / "mlx-serve")
    chosen = os.environ.get("MLX_TEST_MODEL")
    directory = Path(chosen) if chosen else home / "models" / _DEFAULT_MODEL
    if not (directory / "config.json").exists():
        pytest.fail(f"no model in {directory}: run `mlx-engine setup --model` first")
    return directory
