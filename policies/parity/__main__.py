"""Serves the parity pack."""

from policies.engine.serving import serve_checks
from policies.parity.pack import CHECKS, NAME

serve_checks(NAME, CHECKS)
