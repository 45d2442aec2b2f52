"""Digests: the pods' digest of their configuration differs where the configuration does, and must be a digest of just that."""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Any

from model.service import CONFIG_MAP, CONFIGURATION_DIGEST, DEPLOYMENT
from policies.engine.node import UNKNOWN, Secret
from policies.engine.snapshot import Resource, Snapshot
from policies.parity.difference import Difference
from policies.parity.paths import child, found

DIGEST = "PAR-02"
DIGESTED = (DEPLOYMENT,)
"""The types that carry a digest."""
PATH = child("spec.template.metadata.annotations", CONFIGURATION_DIGEST)


def digest_differences(
    production: Resource, staging: Resource, snapshots: tuple[Snapshot, Snapshot], place: str
) -> Iterator[tuple[str, Difference | None]]:
    """The digests of a deployment's configuration, where both are what they say."""
    if staging.type not in DIGESTED:
        return
    ours, theirs = (dict(found(side.properties, PATH)) for side in (staging, production))
    for path, value in ours.items():
        wanted = _wanted(staging, snapshots[1]), _wanted(production, snapshots[0])
        if not isinstance(value, str) or None in wanted:
            continue
        if wanted == (value, theirs.get(path)):
            message = "is the digest of a configuration that is compared by itself"
            is_equal = wanted[0] == wanted[1]
            yield path, None if is_equal else Difference(DIGEST, staging.urn, place, path, message, "", explained="digest")
        else:
            message = "is no digest of the service's configuration: a change of it would not replace the pods"
            yield path, Difference(DIGEST, staging.urn, place, path, message, "compute it from the config map's data")


def _wanted(deployment: Resource, snapshot: Snapshot) -> str | None:
    """The digest of the configuration beside a deployment. None where it is not all known."""
    siblings = snapshot.index(_config_maps).get(deployment.parent, [])
    if len(siblings) != 1:
        return None
    data: Any = siblings[0].properties.get("data", {})
    if not isinstance(data, Mapping) or any(value is UNKNOWN or isinstance(value, Secret) for value in data.values()):
        return None
    return hashlib.sha256(json.dumps(dict(data), sort_keys=True).encode()).hexdigest()


def _config_maps(snapshot: Snapshot) -> Mapping[str, list[Resource]]:
    """The config maps below each component."""
    grouped: dict[str, list[Resource]] = defaultdict(list)
    for each in snapshot.of_type(CONFIG_MAP):
        grouped[each.parent].append(each)
    return grouped
