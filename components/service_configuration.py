"""A service's configuration: plain variables in a config map, secret ones synchronised from Secrets Manager.

No secret value passes through the program: an external secret names where the value lies, and a controller in the cluster
fetches it. Reloader, where the platform has it, restarts the pods when a rotation changes the value.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from typing import TypeVar

import pulumi
import pulumi_kubernetes.core.v1 as core
import pulumi_kubernetes.meta.v1 as meta
from pulumi_kubernetes.apiextensions import CustomResource

from components.base import Component
from components.namespace import SECRET_STORE
from components.service_args import ServiceArgs
from components.service_role import aws_services
from components.store import StoreHandle
from model.service import BucketValue, QueueValue, SecretValue, Service, ServiceValue, StoreValue, TopicValue, Variable

T = TypeVar("T")
CONFIG_SUFFIX = "-config"
SECRET_SUFFIX = "-secrets"  # noqa: S105 - the end of an object's name
SECRET_REFRESH = "5m"  # noqa: S105 - how soon after a rotation the cluster holds the new value
HTTP_PORT = 80


def config_map(owner: Component, args: ServiceArgs, data: dict[str, pulumi.Input[str]]) -> core.ConfigMap:
    """The plain variables, by name."""
    return core.ConfigMap(
        owner.child("config"),
        metadata=args.metadata(CONFIG_SUFFIX),
        data=data,
        opts=owner.below(provider=args.cluster.provider, depends_on=[args.namespace]),
    )


def external_secret(owner: Component, args: ServiceArgs) -> CustomResource | None:
    """Where the secret variables are read from. None where there are none."""
    values = {name: value for name, value in args.service.environment.items() if isinstance(value, SecretValue)}
    if not values:
        return None
    properties = {name: (args.stores[value.secret_of], value.key) for name, value in values.items()}
    within = owner.below(provider=args.cluster.provider, depends_on=[args.namespace])
    return synchronised(owner, args.metadata(SECRET_SUFFIX), f"{args.service_name}{SECRET_SUFFIX}", properties, within)


def synchronised(
    owner: Component,
    metadata: meta.ObjectMetaArgs,
    secret: str,
    properties: Mapping[str, tuple[StoreHandle, str]],
    opts: pulumi.ResourceOptions,
) -> CustomResource:
    """An external secret: by variable, the store whose secret it is read from and the property that it is."""
    return CustomResource(
        owner.child("secrets"),
        api_version="external-secrets.io/v1",
        kind="ExternalSecret",
        metadata=metadata,
        spec={
            "refreshInterval": SECRET_REFRESH,
            "secretStoreRef": {"kind": "SecretStore", "name": SECRET_STORE},
            "target": {"name": secret, "creationPolicy": "Owner", "deletionPolicy": "Retain"},
            "data": [
                {"secretKey": variable, "remoteRef": {"key": given(store.secret_arn, "secret"), "property": key}}
                for variable, (store, key) in sorted(properties.items())
            ],
        },
        opts=opts,
    )


def plain_variables(args: ServiceArgs) -> dict[str, pulumi.Input[str]]:
    """The variables that are no secrets: the model's, and those that follow from the heap, the pools and the region."""
    service = args.service
    variables: dict[str, pulumi.Input[str]] = {}
    if aws_services(args):
        variables["AWS_REGION"] = args.environment.identity.regions.primary
    if service.jvm is not None:
        variables[service.jvm.variable] = f"{service.jvm.options} -Xmx{service.heap_mib}m".strip()
    for pool in service.pools.values():
        if pool.variable is not None:
            variables[pool.variable] = str(pool.connections)
    for name, value in service.environment.items():
        if not isinstance(value, SecretValue):
            variables[name] = _value(args, value)
    return dict(sorted(variables.items()))


def checksum(data: dict[str, pulumi.Input[str]]) -> pulumi.Output[str]:
    """Changes with the plain variables, so that pods are replaced when their configuration is."""
    return pulumi.Output.json_dumps(data, sort_keys=True).apply(lambda text: hashlib.sha256(text.encode()).hexdigest())


def service_address(name: str, service: Service) -> str:
    """The name by which a service is reached inside the cluster."""
    return f"{name}.{service.namespace}.svc.cluster.local"


def _value(args: ServiceArgs, value: Variable) -> pulumi.Input[str]:
    if isinstance(value, StoreValue):
        return STORE_ATTRIBUTES[value.attribute](args.stores[value.store])
    if isinstance(value, ServiceValue):
        return _service_value(args, value)
    if isinstance(value, QueueValue):
        queue = args.queues[value.queue]
        return queue.url if value.attribute == "url" else queue.queue_name
    if isinstance(value, TopicValue):
        return args.topics[value.topic].arn
    if isinstance(value, BucketValue):
        return args.buckets[value.bucket].bucket_name
    if isinstance(value, SecretValue):
        raise TypeError("a secret is no plain variable")
    return value


def _service_value(args: ServiceArgs, value: ServiceValue) -> str:
    callee = args.environment.services[value.service]
    host = service_address(value.service, callee)
    if value.form == "host_port":
        return f"{host}:{callee.service_port}"
    return f"http://{host}" if callee.service_port == HTTP_PORT else f"http://{host}:{callee.service_port}"


def given(value: T | None, what: str) -> T:
    """A value that a store must have. Raises ValueError where it has none."""
    if value is None:
        raise ValueError(f"the store has no {what}")
    return value


def _with_port(address: pulumi.Output[str] | None, store: StoreHandle) -> pulumi.Output[str]:
    return pulumi.Output.concat(given(address, "address"), f":{store.port}")


STORE_ATTRIBUTES: dict[str, Callable[[StoreHandle], pulumi.Input[str]]] = {
    "endpoint": lambda store: _with_port(store.address, store),
    "reader_endpoint": lambda store: _with_port(store.reader_address, store),
    "address": lambda store: given(store.address, "address"),
    "port": lambda store: str(store.port),
    "name": lambda store: given(store.database_name, "name"),
}
