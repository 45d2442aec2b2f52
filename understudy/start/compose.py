"""From a docker-compose file to a sketch."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from understudy.start.containers import Container, sketch
from understudy.start.documents import documents, mapping, mebibytes, millicores, whole
from understudy.start.sketch import Sketch

_INTERPOLATED = re.compile(r"\$\{?[A-Za-z_][A-Za-z0-9_]*(?::?[-]([^}]*))?\}?")
_CHECKED_URL = re.compile(r"https?://[^/\s'\"]+(/[^\s'\"|;&]*)?")


def read_compose(path: Path) -> Sketch:
    """Sketch the system of a compose file. Raises ConfigurationError for one that cannot be used."""
    content = documents(path)
    root = mapping(content[0] if content else None, path.name)
    services = mapping(root.get("services"), f"{path.name}: services")
    return sketch([_container(name, mapping(one, f"{path.name}: services.{name}")) for name, one in services.items()], path.name)


def _container(name: str, one: Mapping[str, Any]) -> Container:
    environment, lost = _environment(one.get("environment"))
    deploy = mapping(one.get("deploy"), f"services.{name}.deploy")
    resources = mapping(deploy.get("resources"), f"services.{name}.deploy.resources")
    parts = [mapping(resources.get(part), f"services.{name}.deploy.resources.{part}") for part in ("limits", "reservations")]
    limits = {**parts[0], **parts[1]}
    notes = []
    if lost:
        notes.append(f"variables that come from the shell are not taken over: {', '.join(lost)}")
    if one.get("env_file"):
        notes.append("what its env_file sets is not taken over")
    if "image" not in one:
        notes.append("it is built here; set image.repository to where it is published")
    path = _health_path(one.get("healthcheck"))
    ports = one.get("ports") or ()
    return Container(
        name=str(name),
        image=_default(str(one.get("image") or f"registry.example.com/{name}")),
        port=_port(ports) or _port(one.get("expose") or ()),
        liveness_path=path,
        readiness_path=path,
        replicas=whole(deploy.get("replicas")),
        cpu_millicores=millicores(limits.get("cpus")),
        memory_mib=mebibytes(limits.get("memory", one.get("mem_limit"))),
        environment=environment,
        needs=tuple(str(other) for other in (one.get("depends_on") or ())),
        hosts=(str(one["container_name"]),) if "container_name" in one else (),
        published=bool(ports),
        notes=tuple(notes),
    )


def _environment(raw: object) -> tuple[dict[str, str], list[str]]:
    """Variables as texts, and the names of those that only the caller's shell knows."""
    pairs: list[tuple[str, object]] = []
    if isinstance(raw, Mapping):
        pairs = [(str(name), value) for name, value in raw.items()]
    elif isinstance(raw, list):
        pairs = [(str(item).partition("=")[0], str(item).partition("=")[2] if "=" in str(item) else None) for item in raw]
    known: dict[str, str] = {}
    lost: list[str] = []
    for name, value in pairs:
        text = "" if value is None else _default(str(value).lower() if isinstance(value, bool) else str(value))
        if value is None or "$" in text:
            lost.append(name)
        else:
            known[name] = text
    return known, sorted(lost)


def _default(text: str) -> str:
    """A text with `${NAME:-default}` replaced by its default; one without a default stays as it is."""
    return _INTERPOLATED.sub(lambda found: found[0] if found[1] is None else found[1], text)


def _port(ports: Any) -> int | None:
    """The container's port of the first that is published or exposed: `8080:80/tcp`, `{target: 80}`, `80`."""
    for port in ports if isinstance(ports, list) else ():
        text = str(port.get("target", "")) if isinstance(port, Mapping) else str(port)
        if number := whole(text.rsplit(":", 1)[-1].partition("/")[0].partition("-")[0]):
            return number
    return None


def _health_path(check: object) -> str | None:
    test = check.get("test") if isinstance(check, Mapping) else None
    found = _CHECKED_URL.search(" ".join(map(str, test)) if isinstance(test, list) else str(test or ""))
    return (found[1] or "/") if found else None
