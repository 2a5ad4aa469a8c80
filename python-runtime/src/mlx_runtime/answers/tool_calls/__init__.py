"""Reads the tool calls in the text of an answer."""
