"""Compliance: a report document seen by the controls of one framework."""
