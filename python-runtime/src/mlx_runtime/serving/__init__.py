"""The threads that serve requests, and what they share."""
