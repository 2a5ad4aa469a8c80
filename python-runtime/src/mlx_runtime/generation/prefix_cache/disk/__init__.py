"""Kept prefixes on disk: shared by processes, checked, and never larger than asked for."""

from .prefixes import DiskPrefixes, Loaded, Lookup, wait_for

__all__ = ["DiskPrefixes", "Loaded", "Lookup", "wait_for"]
