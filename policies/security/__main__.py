"""Serves the security pack."""

from pulumi_policy import PolicyPack

from policies.engine.adapter import policies_of
from policies.security.pack import NAME, RULES

PolicyPack(name=NAME, policies=policies_of(RULES, NAME))
