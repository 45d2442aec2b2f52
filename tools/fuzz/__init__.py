"""Malformed configurations: each must end with exit code 2 and a message that says where."""
