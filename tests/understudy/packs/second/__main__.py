"""A pack whose policies are in a module beside it, under a name that another pack uses as well."""

import rules
from pulumi_policy import PolicyPack

PolicyPack(rules.NAME, rules.POLICIES, initial_config={"counts": {"n": 7}})
