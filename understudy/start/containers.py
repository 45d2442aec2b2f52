"""From containers, however they were written down, to a sketch: what is a store, who calls whom, what cannot be taken over."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from model.errors import ConfigurationError, Problem
from understudy.start.sketch import (
    UNKNOWN_TAG,
    Neighbours,
    Sketch,
    SketchedService,
    StoreKind,
    image_parts,
    is_infrastructure,
    linked,
    model_name,
    store_kind,
    variable,
)


@dataclass(frozen=True)
class Container:
    """One workload of an existing system, as its own file tells it."""

    name: str
    image: str
    port: int | None = None
    protocol: str = "http"
    liveness_path: str | None = None
    readiness_path: str | None = None
    replicas: int | None = None
    max_replicas: int | None = None
    cpu_millicores: int | None = None
    memory_mib: int | None = None
    environment: Mapping[str, str] = field(default_factory=dict)
    needs: tuple[str, ...] = ()
    """Others that it is said to need."""
    hosts: tuple[str, ...] = ()
    """Names that others reach it by, beside its own."""
    published: bool = False
    notes: tuple[str, ...] = ()


def sketch(containers: Sequence[Container], origin: str) -> Sketch:
    """Sketch a system. Raises ConfigurationError where nothing in it is a service."""
    notes = [f"{one.name}: {note}" for one in containers for note in one.notes]
    kinds = {one.name: store_kind(one.image) for one in containers}
    left = [one for one in containers if kinds[one.name] is None and is_infrastructure(one.image)]
    notes += [f"{one.name} ({one.image}) is left out: the model has no part for it" for one in left]
    services = [one for one in containers if kinds[one.name] is None and one not in left]
    if not services:
        found = ", ".join(one.name for one in containers) or "nothing"
        raise ConfigurationError([Problem(origin, f"has no service that could be modelled (found: {found})")])
    names = _unique(one.name for one in services)
    stores = {one.name: kind for one in containers if (kind := kinds[one.name]) is not None}
    store_names = _unique(stores)
    hosts = {host: one.name for one in services for host in (one.name, *one.hosts)}
    store_hosts = {host: one.name for one in containers if one.name in stores for host in (one.name, *one.hosts)}
    sketched = []
    for one in services:
        service, more = _service(
            one, names, hosts, {host: (store_names[name], stores[name]) for host, name in store_hosts.items()}
        )
        sketched.append(service)
        notes += more
    if not any(one.published for one in sketched):
        notes.append("nothing is published to visitors: the first service that no other calls is routed to")
    return Sketch(tuple(sketched), {store_names[name]: kind for name, kind in stores.items()}, tuple(notes))


def _service(
    one: Container, names: Mapping[str, str], hosts: Mapping[str, str], stores: Mapping[str, tuple[str, StoreKind]]
) -> tuple[SketchedService, list[str]]:
    notes: list[str] = []
    spoken = [*one.environment.values(), *one.needs]
    own = {one.name, *one.hosts}
    called = {host: names[hosts[host]] for host in sorted(linked(spoken, hosts) - own)}
    kept = {host: stores[host] for host in sorted(linked(spoken, stores))}
    near = Neighbours(called, kept)
    environment = {name: variable(name, value, near) for name, value in sorted(one.environment.items())}
    lost = sorted(name for name, value in environment.items() if value is None)
    if lost:
        notes.append(f"{one.name}: not taken over, for a secret in it or an address of another form: {', '.join(lost)}")
    repository, tag = image_parts(one.image)
    if tag == UNKNOWN_TAG:
        notes.append(f"{one.name}: no release is named; set image.tag")
    if one.protocol == "http" and one.liveness_path is None and one.readiness_path is None:
        notes.append(f"{one.name}: no health check over HTTP is known; set health, or protocol: tcp")
    if one.port is None:
        notes.append(f"{one.name}: no port is known; set port")
    paths = one.liveness_path or one.readiness_path or "/", one.readiness_path or one.liveness_path or "/"
    replicas = max(one.replicas or _REPLICAS, 1)
    return (
        SketchedService(
            name=names[one.name],
            repository=repository,
            tag=tag,
            port=one.port or _PORT,
            protocol="grpc" if one.protocol == "grpc" else "http",
            liveness_path=paths[0],
            readiness_path=paths[1],
            replicas=replicas,
            max_replicas=max(one.max_replicas or 3 * replicas, replicas),
            cpu_millicores=max(one.cpu_millicores or _MILLICORES, 10),
            memory_mib=-(-max(one.memory_mib or _MEMORY, 64) // 16) * 16,
            environment={name: value for name, value in environment.items() if value is not None},
            calls=tuple(sorted(set(called.values()))),
            stores=tuple(sorted({name for name, _ in kept.values()})),
            published=one.published,
        ),
        notes,
    )


_REPLICAS, _PORT, _MILLICORES, _MEMORY = 3, 8080, 500, 512
"""What a service has of which nothing else is known."""


def _unique(names: Iterable[str]) -> dict[str, str]:
    """What the model calls each; two names that come to the same are told apart by a number."""
    given: dict[str, str] = {}
    for name in names:
        wanted, number = model_name(name), 1
        while wanted in given.values():
            number += 1
            wanted = f"{model_name(name)[:27]}-{number}"
        given[name] = wanted
    return given
