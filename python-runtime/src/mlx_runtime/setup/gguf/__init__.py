"""GGUF files, read by our own reader and turned into directories that mlx-lm loads."""
