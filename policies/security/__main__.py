"""Serves the security pack."""

from policies.engine.serving import serve
from policies.security.pack import NAME, RULES

serve(NAME, RULES)
