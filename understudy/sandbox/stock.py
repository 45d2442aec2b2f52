"""The resources of one place, and what happens to them: made, read, changed, taken away, as the real service would allow."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

from understudy.sandbox.account import Account, Record, as_seen, key_of
from understudy.sandbox.identity import IDS, identify, random_hex
from understudy.sandbox.outputs import CHANGES_WITH_EACH_UPDATE, New, computed
from understudy.sandbox.places import Place
from understudy.sandbox.replacement import HELD_BY
from understudy.sandbox.values import UNKNOWN, revealed

_GIVEN_NAMESPACES = ("default", "kube-system", "kube-public", "kube-node-lease")
_CLUSTER_WIDE = ("Namespace", "ClusterRole", "ClusterRoleBinding", "CustomResourceDefinition", "StorageClass", "PriorityClass")
_NAMESPACE = "kubernetes:core/v1:Namespace"
_RELEASE = "kubernetes:helm.sh/v3:Release"


class ExistsAlreadyError(Exception):
    """Something of this name exists."""


class InUseError(Exception):
    """Something else uses it."""


class NotFoundError(Exception):
    """It does not exist."""


class Stock:
    """What a provider manages in its place."""

    def __init__(self, place: Place, directory: Path) -> None:
        self._place, self._account = place, Account(directory)

    def create(self, token: str, urn: str, inputs: Mapping[str, Any]) -> Record:
        """Make a resource. Raises ExistsAlreadyError where its name is taken."""
        inputs = without_defaults(inputs)
        made = self._object(token, urn, inputs) if token.startswith("kubernetes:") else self._resource(token, urn, inputs)
        if not self._account.put(made, is_new=True):
            raise ExistsAlreadyError(f"{made.id} exists already")
        return made

    def read(self, token: str, id_: str, known: Mapping[str, Any]) -> dict[str, Any] | None:
        """A resource as it is now, None where it is gone."""
        record = self._account.find(key_of(token, id_, known))
        return None if record is None else as_seen(record, known)

    def planned(self, token: str, old: Mapping[str, Any], new: Mapping[str, Any], gone: Collection[str]) -> dict[str, Any]:
        """What an update would make of a resource: outputs stay, but for those that every update makes anew."""
        kept = {key: value for key, value in old.items() if key not in gone}
        return {**kept, **without_defaults(new), **dict.fromkeys(CHANGES_WITH_EACH_UPDATE.get(token, ()), UNKNOWN)}

    def update(
        self, token: str, id_: str, urn: str, old: Mapping[str, Any], new: Mapping[str, Any], gone: Collection[str]
    ) -> dict[str, Any]:
        """Change a resource. Raises NotFoundError where it is gone."""
        if self._account.find(key_of(token, id_, old)) is None:
            raise NotFoundError(f"{id_} does not exist")
        properties = self.planned(token, old, new, gone)
        for name in CHANGES_WITH_EACH_UPDATE.get(token, ()):
            properties[name] = int(old.get(name, 0)) + 1
        self._account.put(Record(token, id_, urn, properties), is_new=False)
        return properties

    def delete(self, token: str, id_: str, known: Mapping[str, Any]) -> None:
        """Take a resource away; one that is gone already is no error. Raises InUseError where something holds it."""
        for type_, property_ in HELD_BY.get(token, ()):
            for holder in self._account.holders(type_, property_, id_):
                raise InUseError(f"DependencyViolation: {id_} is in use by {holder.id}")
        if token == _NAMESPACE:
            self._account.remove_below(f"{id_}/")
        self._account.remove(key_of(token, id_, known))

    def is_named_by_program(self, token: str, inputs: Mapping[str, Any]) -> bool:
        """Whether a new one would meet the old one's name, so that the old one must go first."""
        if token.startswith("kubernetes:"):
            return "name" in inputs.get("metadata", inputs)
        form = IDS.get(token, "")
        return bool(form) and "hex" not in form and "upper" not in form and "uuid" not in form

    def answer(self, function: str) -> dict[str, Any] | None:
        """What a provider function says, where the place alone decides it."""
        answers = {
            "aws:index/getCallerIdentity:getCallerIdentity": {
                "accountId": self._place.account,
                "arn": f"arn:aws:iam::{self._place.account}:user/sandbox",
                "userId": "AIDASANDBOX",
                "id": self._place.account,
            },
            "aws:index/getRegion:getRegion": {"name": self._place.region, "region": self._place.region, "id": self._place.region},
            "aws:index/getPartition:getPartition": {"partition": "aws", "dnsSuffix": "amazonaws.com", "id": "aws"},
        }
        return answers.get(function)

    def _resource(self, token: str, urn: str, inputs: Mapping[str, Any]) -> Record:
        region = revealed(inputs.get("region")) or self._place.region
        found = identify(token, urn.rpartition("::")[2], inputs, {**self._place.words, "region": region})
        id_ = found.pop("id")
        new = New({**found, **inputs}, id_, found.get("arn", ""), self._place.account, region)
        return Record(token, id_, urn, {**found, **inputs, **computed(token, new)})

    def _object(self, token: str, urn: str, inputs: Mapping[str, Any]) -> Record:
        """A Kubernetes object. It must have a namespace that exists, as the API server demands it."""
        metadata = dict(revealed(inputs.get("metadata") or {}))
        is_release = token == _RELEASE
        named = inputs if is_release else metadata
        name = revealed(named.get("name")) or f"{urn.rpartition('::')[2]}-{random_hex(8)}"
        if token.rpartition(":")[2] in _CLUSTER_WIDE:
            return Record(token, name, urn, {**inputs, "metadata": {**metadata, "name": name, "uid": str(uuid.uuid4())}})
        namespace = revealed(named.get("namespace")) or "default"
        if namespace not in _GIVEN_NAMESPACES and self._account.find((_NAMESPACE, namespace)) is None:
            raise NotFoundError(f'namespaces "{namespace}" not found')
        if is_release:
            status = {"name": name, "namespace": namespace, "revision": 1, "status": "deployed"}
            return Record(token, f"{namespace}/{name}", urn, {**inputs, "name": name, "status": status})
        added = {**metadata, "name": name, "namespace": namespace, "uid": str(uuid.uuid4())}
        return Record(token, f"{namespace}/{name}", urn, {**inputs, "metadata": added})


def without_defaults(inputs: Mapping[str, Any]) -> dict[str, Any]:
    """Inputs without the note in which a provider keeps which of them it filled in."""
    return {key: value for key, value in inputs.items() if key != "__defaults"}
