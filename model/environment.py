"""The environment model: everything that production has, as one readable object. Start reading here."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from model.base import Model, Name, Text
from model.bucket import Bucket
from model.cluster import Cluster
from model.critical_path import CriticalPath
from model.data_class import DataClass
from model.edge import Edge
from model.identity import Identity
from model.messaging import Queue, Topic
from model.network import Network
from model.operations import Operations
from model.service import Service
from model.store import Store


class Environment(Model):
    """An environment of a system: production as it should be, or staging as scaling derives it."""

    system: Annotated[Name, Field(max_length=20)]
    """The system's name; begins every resource's name."""
    owner: Text
    """The team that answers for the system; goes into tags."""
    identity: Identity
    network: Network
    cluster: Cluster
    data_classes: Annotated[dict[Name, DataClass], Field(min_length=1)]
    """Classes of data by name."""
    services: Annotated[dict[Name, Service], Field(min_length=1)]
    """Services by name."""
    stores: dict[Name, Store] = {}
    """Databases, tables and caches by name."""
    queues: dict[Name, Queue] = {}
    """Queues by name."""
    topics: dict[Name, Topic] = {}
    """Topics by name."""
    buckets: dict[Name, Bucket] = {}
    """Buckets by name."""
    edge: Edge
    operations: Operations
    critical_paths: Annotated[dict[Name, CriticalPath], Field(min_length=1)]
    """The business workflows that must work, by name."""

    @property
    def name(self) -> str:
        """The environment's full name, which begins the names that must be unique in the world."""
        return f"{self.system}-{self.identity.environment}"

    @property
    def namespaces(self) -> tuple[str, ...]:
        """The Kubernetes namespaces of the services, sorted."""
        return tuple(sorted({service.namespace for service in self.services.values()}))
