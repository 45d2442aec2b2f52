"""Where a provider works: an AWS account and region, a cluster, or nowhere in particular; told from its configuration."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from understudy.sandbox.values import UNKNOWN, revealed

_ACCOUNT = re.compile(r"[0-9]{12}\Z")
ANY_ACCOUNT = "000000000000"
"""The account of a provider that allows every account."""
_SERVER = re.compile(r"server\W+(https?://[^\s\"',}]+)")


@dataclass(frozen=True)
class Place:
    """A place: the folder that holds its resources, and what identifiers there are made of."""

    folder: str
    account: str = ""
    region: str = ""

    @property
    def words(self) -> dict[str, str]:
        """What ARNs are put together from."""
        return {"account": self.account, "region": self.region}


def place_of(package: str, configuration: Mapping[str, Any]) -> Place:
    """The place that a provider's configuration names. Objects in it may be JSON texts, as the protocol allows."""
    found = {key: _read(revealed(value)) for key, value in configuration.items()}
    if package == "aws":
        allowed = found.get("allowedAccountIds") or [ANY_ACCOUNT]
        region = found.get("region")
        return Place(f"aws/{allowed[0]}/{region}", str(allowed[0]), "" if region is None else str(region))
    if package == "kubernetes":
        server = _SERVER.search(str(found.get("kubeconfig", "")))
        name = hashlib.sha256((server.group(1) if server else "").encode()).hexdigest()[:16]
        return Place(f"kubernetes/{name}")
    return Place(package)


def configuration_failures(package: str, configuration: Mapping[str, Any]) -> list[tuple[str, str]]:
    """What the provider would refuse about its configuration."""
    found = {key: _read(revealed(value)) for key, value in configuration.items()}
    if package != "aws":
        return []
    problems = []
    if not found.get("region"):
        problems.append(("region", "is required"))
    if found.get("allowedAccountIds") and found.get("forbiddenAccountIds"):
        problems.append(("allowedAccountIds", "conflicts with forbiddenAccountIds"))
    accounts = found.get("allowedAccountIds")
    return problems + [
        ("allowedAccountIds", f"found {account!r}, which is no AWS account ID of 12 digits")
        for account in (accounts if isinstance(accounts, list) else ())
        if account is not UNKNOWN and not _ACCOUNT.match(str(account))
    ]


def _read(value: Any) -> Any:
    """A configuration value: the protocol carries objects and lists as JSON texts."""
    if isinstance(value, str) and value[:1] in "[{":
        try:
            return json.loads(value)
        except ValueError:
            return value
    return value
