"""JSON-RPC lines: framing, parsing, answering."""
