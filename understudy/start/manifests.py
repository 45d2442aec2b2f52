"""From a folder of Kubernetes manifests to a sketch."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from model.errors import ConfigurationError, Problem
from understudy.start.containers import Container, sketch
from understudy.start.documents import documents, mapping, mebibytes, millicores, whole
from understudy.start.sketch import Sketch

_WORKLOADS = ("Deployment", "StatefulSet")
_LEFT_OUT = ("CronJob", "DaemonSet", "Job", "Pod")
Manifest = Mapping[str, Any]


def read_manifests(directory: Path) -> Sketch:
    """Sketch the system of all `*.yaml` and `*.yml` files below a folder. Raises ConfigurationError for what cannot be used."""
    files = sorted(path for suffix in ("*.yaml", "*.yml") for path in directory.rglob(suffix) if path.is_file())
    if not files:
        raise ConfigurationError([Problem("--from-manifests", f"found no *.yaml or *.yml below {str(directory)!r}")])
    by_kind: dict[str, list[Manifest]] = defaultdict(list)
    for path in files:
        for document in documents(path):
            for one in _items(document):
                by_kind[str(one.get("kind"))].append(one)
    containers = [_container(one, by_kind) for kind in _WORKLOADS for one in by_kind[kind]]
    found = sketch(containers, "--from-manifests")
    notes = [f"{kind} {_name(one)} is left out: the model has no part for it" for kind in _LEFT_OUT for one in by_kind[kind]]
    return Sketch(found.services, found.stores, (*found.notes, *notes))


def _items(document: object) -> Iterator[Manifest]:
    if isinstance(document, Mapping):
        if document.get("kind") == "List":
            for item in document.get("items") or ():
                yield from _items(item)
        else:
            yield document


def _name(one: Manifest) -> str:
    return str(mapping(one.get("metadata"), "metadata").get("name", "unnamed"))


def _container(one: Manifest, by_kind: Mapping[str, list[Manifest]]) -> Container:
    name = _name(one)
    where = f"{one['kind']} {name}"
    spec = mapping(one.get("spec"), f"{where}: spec")
    template = mapping(spec.get("template"), f"{where}: spec.template")
    pod = mapping(template.get("spec"), f"{where}: spec.template.spec")
    containers = pod.get("containers")
    if not isinstance(containers, list) or not containers:
        raise ConfigurationError([Problem(f"{where}: spec.template.spec.containers", "must be a list with a container")])
    first = mapping(containers[0], f"{where}: containers[0]")
    labels = mapping(mapping(template.get("metadata"), where).get("labels"), where)
    services = [each for each in by_kind.get("Service", ()) if _selects(each, labels)]
    names = tuple(_name(each) for each in services if _name(each) != name)
    environment, lost = _environment(first.get("env"))
    requests = mapping(mapping(first.get("resources"), where).get("requests"), where)
    scaler = next((each for each in by_kind.get("HorizontalPodAutoscaler", ()) if _scales(each, name)), {})
    bounds = mapping(mapping(scaler, where).get("spec"), where)
    liveness, readiness = _probe(first.get("livenessProbe")), _probe(first.get("readinessProbe"))
    notes = [f"{len(containers) - 1} further containers of its pod are left out"] if len(containers) > 1 else []
    if lost:
        notes.append(f"variables that come from secrets or config maps are not taken over: {', '.join(lost)}")
    if first.get("envFrom"):
        notes.append("what its envFrom sets is not taken over")
    return Container(
        name=name,
        image=str(first.get("image") or f"registry.example.com/{name}"),
        port=_port(first),
        protocol="grpc" if "grpc" in (liveness, readiness) else "http",
        liveness_path=liveness if liveness != "grpc" else None,
        readiness_path=readiness if readiness != "grpc" else None,
        replicas=whole(bounds.get("minReplicas")) or whole(spec.get("replicas")),
        max_replicas=whole(bounds.get("maxReplicas")),
        cpu_millicores=millicores(requests.get("cpu")),
        memory_mib=mebibytes(requests.get("memory")),
        environment=environment,
        hosts=names,
        published=_published({name, *names}, services, by_kind),
        notes=tuple(notes),
    )


def _selects(service: Manifest, labels: Mapping[str, Any]) -> bool:
    selector = mapping(mapping(service.get("spec"), "Service").get("selector"), "Service")
    return bool(selector) and all(labels.get(key) == value for key, value in selector.items())


def _scales(scaler: Manifest, name: str) -> bool:
    return mapping(mapping(scaler.get("spec"), "spec").get("scaleTargetRef"), "spec").get("name") == name


def _published(names: set[str], services: list[Manifest], by_kind: Mapping[str, list[Manifest]]) -> bool:
    """Whether an ingress leads to it, or a service of a type that is reached from outside."""
    if any(mapping(each.get("spec"), "Service").get("type") in ("LoadBalancer", "NodePort") for each in services):
        return True
    return any(name in names for ingress in by_kind.get("Ingress", ()) for name in _backends(ingress.get("spec")))


def _backends(node: object) -> Iterator[str]:
    """The names of the services below an ingress, of whatever version of the API."""
    if isinstance(node, Mapping):
        if "serviceName" in node:
            yield str(node["serviceName"])
        if isinstance(node.get("service"), Mapping):
            yield str(node["service"].get("name"))
        for value in node.values():
            yield from _backends(value)
    elif isinstance(node, list):
        for item in node:
            yield from _backends(item)


def _environment(raw: object) -> tuple[dict[str, str], list[str]]:
    entries = [entry for entry in raw if isinstance(entry, Mapping)] if isinstance(raw, list) else []
    known = {str(entry.get("name")): str(entry["value"]) for entry in entries if "value" in entry}
    return known, sorted(str(entry.get("name")) for entry in entries if "value" not in entry)


def _port(container: Mapping[str, Any]) -> int | None:
    ports = container.get("ports")
    first = ports[0] if isinstance(ports, list) and ports else {}
    return whole(first.get("containerPort")) if isinstance(first, Mapping) else None


def _probe(probe: object) -> str | None:
    """The path that a probe asks for, or `grpc`; None for one that asks otherwise."""
    if not isinstance(probe, Mapping):
        return None
    if "grpc" in probe or "grpc_health_probe" in str(probe.get("exec", "")):
        return "grpc"
    path = mapping(probe.get("httpGet"), "httpGet").get("path")
    return str(path) if isinstance(path, str) and path.startswith("/") else None
