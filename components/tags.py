"""Tags that say whose a resource is."""

from __future__ import annotations

from model.environment import Environment


def environment_tags(environment: Environment) -> dict[str, str]:
    """System, environment, owner and manager: what every taggable resource carries."""
    return {
        "System": environment.system,
        "Environment": environment.identity.environment,
        "Owner": environment.owner,
        "ManagedBy": "understudy",
    }
