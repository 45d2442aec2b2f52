"""Serves the security pack."""

from policies.engine.adapter import serve
from policies.security.pack import NAME, RULES

serve(NAME, RULES)
