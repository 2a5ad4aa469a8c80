"""Harmony, in which GPT-OSS writes: every message has a header that says what it is."""
