"""What is known of IAM's actions: which exist, and which give others access. The knowledge is policy_sentry's."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from fnmatch import translate
from functools import cache, lru_cache

_GRANTING = "Permissions management"
"""The access level of actions that change who may do what. Source: AWS's service authorization reference."""


@cache
def _levels() -> Mapping[str, Mapping[str, str]]:
    """By service, every action in lower case and its access level."""
    # Half a second, spent where a policy is read.
    from policy_sentry.querying.all import get_all_service_prefixes  # noqa: PLC0415
    from policy_sentry.shared.iam_data import get_service_prefix_data  # noqa: PLC0415

    found: dict[str, dict[str, str]] = defaultdict(dict)
    for prefix in get_all_service_prefixes():
        for name, privilege in get_service_prefix_data(prefix)["privileges"].items():
            found[prefix.lower()][f"{prefix}:{name}".lower()] = privilege["access_level"]
    return found


@lru_cache(maxsize=4096)
def _matching(pattern: str) -> tuple[str, ...]:
    """The actions that a pattern in lower case matches."""
    service = pattern.partition(":")[0]
    known = _levels()
    services = known.values() if re.search(r"[*?]", service) else [known.get(service, {})]
    matches = re.compile(translate(pattern)).match
    return tuple(name for names in services for name in names if matches(name))


def granting_actions(patterns: Iterable[str]) -> list[str]:
    """The actions among those matched by the patterns that change who may do what, sorted."""
    levels = _levels()
    matched = {name for pattern in patterns for name in _matching(pattern)}
    return sorted(name for name in matched if levels[name.partition(":")[0]][name] == _GRANTING)


def exists(pattern: str) -> bool:
    """Whether a pattern matches an action of a service, whatever its case."""
    return pattern == "*" or bool(_matching(pattern.lower()))
