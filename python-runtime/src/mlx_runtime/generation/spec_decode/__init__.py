"""Speculative decoding: who proposes tokens, how many, and how they are verified."""
