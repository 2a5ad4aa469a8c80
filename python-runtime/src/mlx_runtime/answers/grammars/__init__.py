"""Grammars that hold an answer to the tool calls of its request."""
