"""Mutants of the staging stack: parity must catch every one, naming what was changed."""
