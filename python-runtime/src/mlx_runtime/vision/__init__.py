"""Images of prompts: read in a process of their own, placed among a prompt's tokens.

Nothing here computes with MLX; what a model makes of an image is `model.vision`'s.
"""
