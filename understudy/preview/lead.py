"""The lead: the stack that others stand in for."""

from __future__ import annotations

LEAD = "production"
"""It needs no file of its own."""
