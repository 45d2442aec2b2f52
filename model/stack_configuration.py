"""A stack's Pulumi configuration, taken apart: the model that all stacks share, and what is the stack's own."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass

from model.errors import ConfigurationError, Problem, nearest, quoted
from model.load import MODEL_KEY, STAGING_KEYS

ENGINE_NAMESPACE = "pulumi"
"""Namespace of the engine's own settings, such as `pulumi:tags`."""
KNOWN_ELSEWHERE = {"aws:region": "identity.regions.primary", "aws:allowedAccountIds": "identity.account_id"}
"""Keys that people expect to work, and where the same thing stands here."""


@dataclass(frozen=True)
class StackConfiguration:
    """The raw configuration of one stack, by its two origins."""

    stack: str
    model: object
    own: Mapping[str, object]

    def role_problems(self, lead: str) -> list[Problem]:
        """Whether the stack may be what it says: only the lead goes without a file, and no other stack takes its place."""
        if self.stack == lead:
            message = f"stands in the lead's own file; {lead!r} is the model itself and takes no configuration of its own"
            return [Problem(key, message) for key in sorted(self.own)]
        if not self.own:
            hint = nearest(self.stack, [lead]).partition("; allowed")[0]
            message = f"stack {self.stack!r} has no configuration of its own, and only {lead!r} goes without{hint}"
            return [Problem("", message)]
        identity = self.own.get("identity")
        environment = identity.get("environment") if isinstance(identity, Mapping) else None
        if isinstance(environment, str) and environment != self.stack:
            return [
                Problem(
                    "identity.environment",
                    f"found {quoted(environment)} in the file of stack {self.stack!r}; they must agree",
                )
            ]
        return []


def stack_configuration(project: str, stack: str, config: Mapping[str, str]) -> StackConfiguration:
    """Take apart the engine's flat configuration (`namespace:key` to text).

    Raises ConfigurationError for every key in an unknown namespace, every unknown key, and a missing model: a mistyped key would
    otherwise fall back to a default in silence.
    """
    problems: list[Problem] = []
    values: dict[str, object] = {}
    for full, text in sorted(config.items()):
        namespace, _, key = full.partition(":")
        if namespace == ENGINE_NAMESPACE:
            continue
        if namespace != project:
            elsewhere = f"; set `{KNOWN_ELSEWHERE[full]}`" if full in KNOWN_ELSEWHERE else nearest(namespace, [project])
            problems.append(Problem(full, f"unknown namespace {namespace!r}{elsewhere}"))
        elif key not in (MODEL_KEY, *STAGING_KEYS):
            problems.append(Problem(full, f"unknown key{nearest(key, [MODEL_KEY, *STAGING_KEYS])}"))
        else:
            values[key] = _parsed(text)
    if MODEL_KEY not in values:
        problems.append(Problem(MODEL_KEY, "is required in Pulumi.yaml (config: environment: value: …), and missing"))
    if problems:
        raise ConfigurationError(problems)
    return StackConfiguration(stack, values.pop(MODEL_KEY), values)


def _parsed(text: str) -> object:
    """Structured values arrive as JSON; anything else is the text itself, which validation then refuses with its path."""
    try:
        return json.loads(text)
    except json.JSONDecodeError:
        return text
