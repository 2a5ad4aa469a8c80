"""JSON Schema to llguidance's Lark: every keyword is held, read over, or told by name.

A schema becomes rules over terminals that are JSON texts. Strings may be
written with any of JSON's escapes, which llguidance's own `%json` does not
take where a string has a pattern or is a name or a constant.
"""
