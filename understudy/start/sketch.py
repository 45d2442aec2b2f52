"""What is known of a system before there is a model of it, and how containers of other formats are read into it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal
from urllib.parse import urlsplit

StoreKind = Literal["postgres", "mysql", "redis"]
_STORES: Mapping[str, StoreKind] = {
    "mariadb": "mysql",
    "mysql": "mysql",
    "postgis": "postgres",
    "postgres": "postgres",
    "postgresql": "postgres",
    "redis": "redis",
    "valkey": "redis",
}
_INFRASTRUCTURE = frozenset(
    [
        "activemq",
        "cassandra",
        "clickhouse",
        "consul",
        "dynamodb-local",
        "elasticsearch",
        "etcd",
        "grafana",
        "jaeger",
        "kafka",
        "kibana",
        "localstack",
        "loki",
        "mailhog",
        "memcached",
        "minio",
        "mongo",
        "mongodb",
        "nats",
        "nginx-proxy",
        "opensearch",
        "opentelemetry-collector",
        "prometheus",
        "rabbitmq",
        "traefik",
        "vault",
        "zipkin",
        "zookeeper",
    ]
)
_SECRET = re.compile(r"PASS(WORD|WD|PHRASE)?$|SECRET|TOKEN|API_?KEY|PRIVATE|CREDENTIAL|ACCESS_KEY", re.IGNORECASE)
_PASSWORD = re.compile(r"PASS(WORD|WD)?$", re.IGNORECASE)
_USER = re.compile(r"USER(NAME)?$", re.IGNORECASE)
_DATABASE = re.compile(r"(DB|DATABASE|PG|POSTGRES|MYSQL)_?(DB|DATABASE|NAME)$|DB_?NAME$", re.IGNORECASE)
_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*\Z")
_HOST_PORT = re.compile(r"([A-Za-z0-9._-]+):(\d+)\Z")
UNKNOWN_TAG = "unset"
"""The tag of an image whose release nothing names."""


@dataclass(frozen=True)
class SketchedService:
    """A service as far as it is known; `calls` and `stores` are names of this sketch."""

    name: str
    repository: str
    tag: str
    port: int
    protocol: Literal["http", "grpc", "tcp"] = "http"
    liveness_path: str = "/"
    readiness_path: str = "/"
    replicas: int = 3
    max_replicas: int = 9
    cpu_millicores: int = 500
    memory_mib: int = 512
    environment: Mapping[str, object] = field(default_factory=dict)
    calls: tuple[str, ...] = ()
    stores: tuple[str, ...] = ()
    published: bool = False
    """Whether visitors reach it."""


@dataclass(frozen=True)
class Sketch:
    """A system: its services, its stores by kind, and what a person has to look at."""

    services: tuple[SketchedService, ...]
    stores: Mapping[str, StoreKind] = field(default_factory=dict)
    notes: tuple[str, ...] = ()


def model_name(text: str) -> str:
    """The nearest name that the model takes: lower case, digits and inner hyphens, at most 30 characters."""
    name = re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")
    name = name if name[:1].isalpha() else f"s-{name}".strip("-")
    return name[:30].rstrip("-")


def image_parts(image: str) -> tuple[str, str]:
    """Repository and tag; a repository without a registry is Docker Hub's, a release that nothing names is `UNKNOWN_TAG`."""
    name, _, _ = image.partition("@")
    repository, separator, tag = name.rpartition(":")
    if not separator or "/" in tag:
        repository, tag = name, ""
    first, _, rest = repository.partition("/")
    if not rest:
        repository = f"docker.io/library/{repository}"
    elif "." not in first and ":" not in first and first != "localhost":
        repository = f"docker.io/{repository}"
    return repository.lower(), tag if tag and tag != "latest" else UNKNOWN_TAG


def store_kind(image: str) -> StoreKind | None:
    """The kind of store that an image is, None for a service."""
    return _STORES.get(_base(image))


def is_infrastructure(image: str) -> bool:
    """Whether an image is something that the model has no part for, or that AWS stands in for."""
    return _base(image) in _INFRASTRUCTURE


def _base(image: str) -> str:
    return image.partition("@")[0].rsplit("/", 1)[-1].partition(":")[0].lower()


def linked(values: Iterable[str], names: Iterable[str]) -> frozenset[str]:
    """The names that some values speak of as hosts."""
    hosts = {host for value in values for host in _hosts(value)}
    return frozenset(names) & hosts


def _hosts(value: str) -> Iterator[str]:
    for part in re.split(r"[,;\s]+", value):
        if "://" in part:
            yield (urlsplit(part).hostname or "").split(".")[0]
        elif found := _HOST_PORT.match(part):
            yield found[1].split(".")[0]
        else:
            yield part.split(".")[0]


@dataclass(frozen=True)
class Neighbours:
    """The hosts that a service speaks to: what the model calls each service and each store."""

    services: Mapping[str, str]
    stores: Mapping[str, tuple[str, StoreKind]]

    @property
    def database(self) -> str | None:
        """The one relational store, where there is just one."""
        relational = [name for name, kind in self.stores.values() if kind != "redis"]
        return relational[0] if len(relational) == 1 else None


def variable(name: str, value: str, near: Neighbours) -> object | None:
    """A variable in the model's words; None for one that cannot be taken over. A secret's value is never taken over."""
    if not _VARIABLE.match(name):
        return None
    if (known := _of_database(name, near.database)) is not None:
        return known
    if "://" in value:
        return _url(value, near)
    if _SECRET.search(name):
        return None
    return _address(value, near)


def _of_database(name: str, database: str | None) -> object | None:
    """What the one database of a service gives, by the variable's name: its account, or the name that it goes by."""
    if database is None:
        return None
    if _PASSWORD.search(name):
        return {"secret_of": database, "key": "password"}
    if _USER.search(name):
        return {"secret_of": database, "key": "username"}
    return {"store": database, "attribute": "name"} if _DATABASE.search(name) else None


def _url(value: str, near: Neighbours) -> object | None:
    try:
        url = urlsplit(value)
        host, password = (url.hostname or "").split(".")[0], url.password
    except ValueError:
        return None
    if host in near.stores:
        name, kind = near.stores[host]
        return {"secret_of": name, "key": "url"} if kind == "redis" else None
    if password is not None:
        return None
    if host in near.services:
        return {"service": near.services[host]} if url.scheme == "http" and url.path in ("", "/") and not url.query else None
    return value


def _address(value: str, near: Neighbours) -> object:
    found = _HOST_PORT.match(value)
    host = (found[1] if found else value).split(".")[0]
    if host in near.stores:
        return {"store": near.stores[host][0], "attribute": "endpoint" if found else "address"}
    if host in near.services and found:
        return {"service": near.services[host], "form": "host_port"}
    return near.services.get(value, value)
