"""Files that MLX reads when the ranks meet, and never again."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def naming_files(contents: Mapping[str, str]) -> Generator[None]:
    """Has environment variables name files with these contents."""
    with tempfile.TemporaryDirectory(prefix="mlx-ranks-") as folder:
        for variable, content in contents.items():
            path = Path(folder) / variable.lower()
            path.write_text(content, "utf-8")
            os.environ[variable] = str(path)
        yield
