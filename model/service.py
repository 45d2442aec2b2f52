"""Services: what runs in the cluster, what it calls and which stores it may reach."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import Discriminator, Field, StringConstraints, Tag

from model.base import ImageRepository, Model, Name, Port, Text, VariableName
from model.parity import Carries, Concern, Recomputed, Release, Scaled, Shapes, Written
from model.references import BucketRef, NodeGroupRef, QueueRef, ServiceRef, StoreRef, TopicRef

AbsolutePath = Annotated[str, StringConstraints(pattern=r"^/\S*$")]


DEPLOYMENT = "kubernetes:apps/v1:Deployment"
AUTOSCALER = "kubernetes:autoscaling/v2:HorizontalPodAutoscaler"
DISRUPTION_BUDGET = "kubernetes:policy/v1:PodDisruptionBudget"
CONFIG_MAP = "kubernetes:core/v1:ConfigMap"
CONFIGURATION_DIGEST = "understudy/configuration"
"""The annotation by which pods carry a digest of their configuration, so that a new one replaces them."""
HEAP_SHAPE = Shapes(CONFIG_MAP, "data.{variable}", written=Written.HEAP)
"""Where the heap shows; `{variable}` is the name that the model gives."""
_CONTAINER = "spec.template.spec.containers[{item}]"


class Image(Model):
    """A published container image."""

    repository: ImageRepository
    """Registry and name, without tag."""
    tag: Annotated[
        str,
        StringConstraints(pattern=r"^[A-Za-z0-9_][A-Za-z0-9._-]{0,127}$"),
        Release(),
        Carries(DEPLOYMENT, f"{_CONTAINER}.image"),
    ]
    """The release."""


class Health(Model):
    """How the kubelet asks a container whether it lives and whether it is ready."""

    liveness_path: AbsolutePath | None = None
    """HTTP path; None where `protocol` is grpc, which has its own health service, or tcp."""
    readiness_path: AbsolutePath | None = None
    """Path that says whether it may be sent requests."""
    startup_seconds: Annotated[int, Field(ge=10, le=900)] = 120
    """How long a start may take before the container is restarted."""


class Jvm(Model):
    """The Java runtime inside the container; its heap follows the memory limit."""

    heap_percent: Annotated[int, Field(ge=10, le=90)]
    """Share of the memory limit that the heap takes."""
    variable: VariableName = "JAVA_TOOL_OPTIONS"
    """The variable that carries the options."""
    options: str = ""
    """Further options."""


class Pool(Model):
    """Database connections that one replica may hold open."""

    connections: Annotated[int, Field(ge=1, le=1000), Recomputed(), Shapes(CONFIG_MAP, "data.{variable}", written=Written.TEXT)]
    """Connections that each replica keeps open at the most."""
    variable: VariableName | None = None
    """The variable that sets it. None where the service offers none; then `connections` is what it is known to open."""


class StoreValue(Model):
    """A value that a store gives once it exists."""

    store: StoreRef
    """The store."""
    attribute: Literal["endpoint", "reader_endpoint", "address", "port", "name"]
    """`endpoint` is `host:port`, `address` the host alone, `name` the database's or table's."""


class SecretValue(Model):
    """A value from the store's secret, synchronised into the cluster and never rendered."""

    secret_of: StoreRef
    """The store whose secret it is."""
    key: Literal["username", "password", "url", "stackexchange"]
    """`url` is a cache's TLS URL with its AUTH token, `stackexchange` the same as a StackExchange.Redis configuration."""


class ServiceValue(Model):
    """Where another service listens."""

    service: ServiceRef
    """The service."""
    form: Literal["url", "host_port"] = "url"
    """As a URL, or as host and port."""


class QueueValue(Model):
    """A queue's name or URL."""

    queue: QueueRef
    """The queue."""
    attribute: Literal["name", "url"] = "name"
    """What of it is told."""


class TopicValue(Model):
    """A topic's ARN."""

    topic: TopicRef
    """The topic."""


class BucketValue(Model):
    """A bucket's name."""

    bucket: BucketRef
    """The bucket."""


def _variable_kind(value: Any) -> str:
    for key, tag in _TAGS.items():
        if (isinstance(value, Mapping) and key in value) or hasattr(value, key):
            return tag
    return "<text>"


_TAGS = {
    "store": "<store>",
    "secret_of": "<secret>",
    "service": "<service>",
    "queue": "<queue>",
    "topic": "<topic>",
    "bucket": "<bucket>",
}

Variable = Annotated[
    Annotated[str, Tag("<text>")]
    | Annotated[StoreValue, Tag("<store>")]
    | Annotated[SecretValue, Tag("<secret>")]
    | Annotated[ServiceValue, Tag("<service>")]
    | Annotated[QueueValue, Tag("<queue>")]
    | Annotated[TopicValue, Tag("<topic>")]
    | Annotated[BucketValue, Tag("<bucket>")],
    Discriminator(_variable_kind),
]
"""A plain text, or where the value comes from."""


class Service(Model):
    """A stateless deployment behind a cluster-internal name."""

    namespace: Name
    """Its Kubernetes namespace."""
    image: Image
    protocol: Literal["http", "grpc", "tcp"] = "http"
    """What it speaks."""
    port: Port
    """The container's port."""
    service_port: Port = 80
    """The port that other services use."""
    health: Health
    replicas: Annotated[
        int,
        Field(ge=1, le=1000),
        Scaled(Concern.COMPUTE, redundant=True),
        Shapes(DEPLOYMENT, "spec.replicas"),
        Shapes(AUTOSCALER, "spec.minReplicas"),
    ]
    """Replicas at rest: the autoscaler's lower bound."""
    max_replicas: Annotated[
        int, Field(ge=1, le=1000), Scaled(Concern.COMPUTE, redundant=True), Shapes(AUTOSCALER, "spec.maxReplicas")
    ]
    """The autoscaler's upper bound, reached at the peak."""
    max_unavailable: Annotated[int, Field(ge=1), Scaled(Concern.COMPUTE), Shapes(DISRUPTION_BUDGET, "spec.maxUnavailable")] = 1
    """Replicas that a drain may take at once; below `replicas`, so that a drain is neither blocked nor an outage."""
    target_cpu_percent: Annotated[int, Field(ge=10, le=95)] = 70
    """Utilisation that the autoscaler aims at."""
    cpu_millicores: Annotated[int, Field(ge=10, le=64_000)]
    """CPU request of a replica."""
    memory_mib: Annotated[
        int,
        Field(ge=16, le=262_144),
        Scaled(Concern.POD_MEMORY, minimum=64, step=16),
        Shapes(DEPLOYMENT, f"{_CONTAINER}.resources.requests.memory", written=Written.MEBIBYTES),
        Shapes(DEPLOYMENT, f"{_CONTAINER}.resources.limits.memory", written=Written.MEBIBYTES),
    ]
    """Memory request and limit of a replica."""
    jvm: Jvm | None = None
    """Its Java virtual machine, where it has one."""
    node_group: NodeGroupRef
    """The node group that it runs on."""
    user_id: Annotated[int, Field(ge=1)] = 1000
    """The user that its container runs as."""
    writable_paths: tuple[AbsolutePath, ...] = ("/tmp",)  # noqa: S108 - a path inside the container
    """Paths that it may write to; everything else is read-only."""
    stop_seconds: Annotated[int, Field(ge=1, le=600)] = 30
    """Seconds that it gets to finish."""
    environment: dict[VariableName, Variable] = {}
    """Environment variables by name."""
    calls: tuple[ServiceRef, ...] = ()
    """Services that it calls."""
    stores: dict[StoreRef, Literal["read", "write"]] = {}
    """Stores that it may reach. `write` includes reading."""
    queues: dict[QueueRef, Literal["send", "receive"]] = {}
    """Queues that it may use, and how."""
    topics: dict[TopicRef, Literal["publish"]] = {}
    """Topics that it may publish to."""
    buckets: dict[BucketRef, Literal["read", "write"]] = {}
    """Buckets that it may reach. `write` includes reading."""
    pools: dict[StoreRef, Pool] = {}
    """Connection pools by store."""
    external_hosts: tuple[Text, ...] = ()
    """Third parties that it calls over HTTPS."""

    @property
    def heap_mib(self) -> int | None:
        """The Java heap in MiB: `jvm.heap_percent` of the memory limit. None without a JVM."""
        return None if self.jvm is None else self.memory_mib * self.jvm.heap_percent // 100
