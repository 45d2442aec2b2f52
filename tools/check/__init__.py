"""Checks that `make check` runs."""
