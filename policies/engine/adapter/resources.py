"""The SDK's proxies as resources in which an unknown is a value, and what stays sealed is told by name."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from pulumi_policy import deserialize, proxy

from policies.engine.aliases import canonical
from policies.engine.node import UNKNOWN, Secret
from policies.engine.snapshot import Resource, Snapshot

Report = Callable[..., None]
_CREDENTIALS = {
    "adminPassword",
    "authToken",
    "kubeconfig",
    "masterPassword",
    "password",
    "passwords",
    "privateKey",
    "secretBinary",
    "secretString",
    "secretStringWo",
    "token",
}
"""Properties that hold a credential by their schema: nothing on this path marks secrets, so they are told by name."""
_CREDENTIAL_KIND = "kubernetes:core/v1:Secret"


def stack_snapshot(resources: Sequence[Any], witness: Witness | None = None, *, as_declared: bool = False) -> Snapshot:
    """A stack as the SDK hands it out, and where it hands out nothing of a resource, as a witness saw that resource before.

    What the SDK hands out of a resource that exists is its state, in which a provider has filled in what it pleases;
    `as_declared` asks for what the program gives it.
    """
    return Snapshot.of(_member(resource, witness or Witness(), as_declared=as_declared) for resource in resources)


def single_resource(args: Any) -> Resource:
    """A resource as the SDK asks about it alone: without what it comes from and what must exist first."""
    return Resource(
        token=args.resource_type,
        urn=args.urn,
        properties=plain(args.resource_type, args.props),
        parent=args.opts.parent or "",
        protect=args.opts.protect,
        ignore_changes=tuple(sorted(args.opts.ignore_changes)),
    )


def _member(resource: Any, witness: Witness, *, as_declared: bool) -> Resource:
    properties: Mapping[str, Any] | None = None
    if as_declared and resource.provider is not None:  # a component has none, and declares nothing but its outputs
        properties = witness.seen(resource.urn)
    if properties is None:
        properties = plain(resource.resource_type, resource.props)
    if not properties and is_unplanned(resource):
        properties = witness.seen(resource.urn)
    return Resource(
        token=resource.resource_type,
        urn=resource.urn,
        properties=properties or {},
        dependencies={
            key: tuple(sorted({other.urn for other in others})) for key, others in resource.property_dependencies.items()
        },
        parent=resource.parent.urn if resource.parent is not None else "",
        protect=resource.opts.protect,
        is_seen=properties is not None,
        depends_on=tuple(sorted({other.urn for other in resource.dependencies})),
        provider=resource.provider.urn if resource.provider is not None else "",
        ignore_changes=tuple(sorted(resource.opts.ignore_changes)),
    )


def is_unplanned(resource: Any) -> bool:
    """Whether the engine could not plan a resource, because something of its provider's configuration is not known yet.

    In a first preview that is so for everything in a cluster which does not exist. The stack's policies then get such a resource
    without any property, while those of single resources get what the program gave it.
    """
    return resource.provider is not None and _holds_unknown(plain(resource.provider.resource_type, resource.provider.props))


def _holds_unknown(value: object) -> bool:
    if isinstance(value, Mapping):
        return any(map(_holds_unknown, value.values()))
    return any(map(_holds_unknown, value)) if isinstance(value, list) else value is UNKNOWN


class Witness:
    """Remembers resources from the calls about each of them, which come first, for the call about the stack."""

    def __init__(self) -> None:
        self._seen: dict[str, tuple[str, Any]] = {}

    def look(self, args: Any, _report: Report) -> None:
        """Keep a resource's properties, as they came; as a policy's validation it judges nothing."""
        self._seen[args.urn] = (args.resource_type, args.props)
        args.not_applicable("judged with the stack as a whole")

    def seen(self, urn: str) -> dict[str, object] | None:
        """A resource's properties, None where it was never seen."""
        return plain(*self._seen[urn]) if urn in self._seen else None


def plain(token: str, props: Mapping[str, Any]) -> dict[str, object]:
    """Properties as plain values: unknowns as UNKNOWN, whole numbers whole, credentials as Secret."""
    is_secret = canonical(token).type == _CREDENTIAL_KIND
    raw = deserialize.serialize_properties(props)
    return {
        key: _plain(value, is_secret=key in _CREDENTIALS or (is_secret and key in ("data", "stringData")))
        for key, value in raw.items()
    }


def _plain(value: Any, *, is_secret: bool) -> Any:
    if isinstance(value, Mapping):
        return {key: _plain(item, is_secret=is_secret or key in _CREDENTIALS) for key, item in value.items()}
    if isinstance(value, list):
        return [_plain(item, is_secret=is_secret) for item in value]
    if is_unknown(value):
        return UNKNOWN
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return Secret(value) if is_secret and value is not None else value


def is_unknown(value: object) -> bool:
    """Whether the SDK means by a text that the value is not known."""
    return isinstance(value, str) and bool(proxy._is_unknown(value))
