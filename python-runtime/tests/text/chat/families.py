"""Small chat templates that insist on, or leave out, what those of well-known families do."""

from __future__ import annotations

from pathlib import Path

TEMPLATES = {
    path.stem: path.read_text(encoding="utf-8")
    for path in sorted((Path(__file__).parent / "templates").glob("*.jinja"))
}
