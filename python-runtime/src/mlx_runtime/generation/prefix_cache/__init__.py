"""Computed prefixes that are kept and reused, in memory and on disk."""
