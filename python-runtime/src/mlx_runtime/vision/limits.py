"""What an image may cost before anything of it is computed."""

from __future__ import annotations

MAX_IMAGES = 64
"""Of one prompt."""
MAX_IMAGE_BYTES = 20 * 1024 * 1024
"""Of one image as it is sent."""
MAX_IMAGE_PIXELS = 50_000_000
"""Width times height that the image's header names."""
MAX_IMAGE_ASPECT = 200
"""How many times as long as the other an edge may be: no family sees anything in thinner ones."""
FORMATS = ("PNG", "JPEG", "WEBP", "GIF")
READ_SECONDS = 20.0
"""That one image may take."""
READ_MEMORY_BYTES = 4 * 1024**3
"""Address space of the process that reads images, where the system limits it."""
KEPT_BYTES = 256 * 1024 * 1024
"""Of images that were read, kept for the next request with the same ones."""
FEATURE_BYTES = 256 * 1024 * 1024
"""Of what the model's vision tower made of images, kept likewise."""
