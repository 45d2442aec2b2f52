"""From a sketch to a whole model: the services and stores are the sketch's, the platform around them is the shipped system's."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from ipaddress import IPv4Network
from typing import Any

from model.capacity import nodes_for
from model.errors import ConfigurationError, Problem, quoted
from understudy.start.answers import RECOVERY, Answers
from understudy.start.sketch import Sketch, SketchedService, StoreKind

Raw = dict[str, Any]
_GROUP, _NODE_TYPE, _AMI = "services", "m7g.xlarge", "BOTTLEROCKET_ARM_64"
_CONNECTIONS, _NODES = 10, 3
_RANGE, _STAGING_RANGE = "10.20.0.0/16", "10.40.0.0/16"
_SCOPES: Mapping[StoreKind, str] = {"mysql": "rds", "postgres": "rds", "redis": "redis"}
_ALWAYS = frozenset({"service", "load_balancer", "cdn", "cluster"})
_PEAK = 100.0
_COMPUTE, _STORE = 0.34, 0.5


def project_model(sketch: Sketch, answers: Answers, shipped: Raw) -> Raw:
    """The raw model of production. `shipped` is the raw model that the platform's parts are taken from."""
    platform = copy.deepcopy(shipped)
    services = {one.name: _service(one, sketch) for one in sketch.services}
    return {
        "system": answers.system,
        "owner": answers.owner,
        "identity": _identity(answers.account, "production", answers.region, answers.domain, _RANGE),
        "network": {**platform["network"], "gateway_endpoints": ["s3"], "interface_endpoints": _endpoints(platform)},
        "cluster": _cluster(platform["cluster"], services),
        "data_classes": {"internal": {"description": "Everything that the system keeps", "personal": True}},
        "services": services,
        "stores": {name: _store(name, kind, platform["stores"]) for name, kind in sketch.stores.items()},
        "edge": {**platform["edge"], "routes": _routes(sketch), "cdn": {**platform["edge"]["cdn"], "cached_paths": []}},
        "operations": _operations(platform["operations"], sketch, answers),
        "critical_paths": {"main": _critical_path(sketch)},
    }


def staging_configuration(sketch: Sketch, answers: Answers) -> Raw:
    """The raw configuration of the staging stack, without the project's name before its keys."""
    ratios = {"compute": _COMPUTE}
    if any(kind != "redis" for kind in sketch.stores.values()):
        ratios |= {"database": _STORE}
    if "redis" in sketch.stores.values():
        ratios |= {"cache": _STORE, "cache_nodes": _STORE}
    domain = f"staging.{answers.domain}"
    return {
        "identity": _identity(answers.staging_account, "staging", answers.staging_region, domain, _STAGING_RANGE),
        "scaling": {"ratios": {**ratios, "storage": _STORE, "throughput": _STORE, "budget": _STORE}},
    }


def entry(sketch: Sketch) -> SketchedService:
    """The service that visitors reach first: the first that is published, else the first that no other calls."""
    called = {name for one in sketch.services for name in one.calls}
    published = [one for one in sketch.services if one.published and one.name not in called]
    ends = [one for one in sketch.services if one.name not in called]
    return next(iter((*published, *(one for one in sketch.services if one.published), *ends, *sketch.services)))


def _identity(account: str, environment: str, region: str, domain: str, addresses: str) -> Raw:
    recovery = RECOVERY.get(region)
    if recovery is None:
        allowed = ", ".join(sorted(RECOVERY))
        option = "--staging-region" if environment == "staging" else "--region"
        raise ConfigurationError([Problem(option, f"found {quoted(region)}, whose partner is not known; known: {allowed}")])
    return {
        "environment": environment,
        "account_id": account,
        "regions": {"primary": region, "recovery": recovery},
        "domain": domain,
        "address_range": str(IPv4Network(addresses)),
    }


def _endpoints(platform: Raw) -> list[str]:
    return [name for name in platform["network"]["interface_endpoints"] if name != "sqs"]


def _service(one: SketchedService, sketch: Sketch) -> Raw:
    health = {} if one.protocol == "grpc" else {"liveness_path": one.liveness_path, "readiness_path": one.readiness_path}
    relational = [name for name in one.stores if sketch.stores[name] != "redis"]
    optional: Raw = {
        "environment": dict(one.environment),
        "calls": list(one.calls),
        "stores": dict.fromkeys(one.stores, "write"),
        "pools": {name: {"connections": _CONNECTIONS} for name in relational},
    }
    return {
        "namespace": "apps",
        "image": {"repository": one.repository, "tag": one.tag},
        **({"protocol": one.protocol, "service_port": one.port} if one.protocol != "http" else {}),
        "port": one.port,
        **({"service_port": one.port} if one.protocol == "http" and one.port != _HTTP else {}),
        "health": health,
        "replicas": max(one.replicas, 2),
        "max_replicas": max(one.max_replicas, one.replicas, 2),
        "max_unavailable": 1,
        "cpu_millicores": one.cpu_millicores,
        "memory_mib": one.memory_mib,
        "node_group": _GROUP,
        **{key: value for key, value in optional.items() if value},
    }


_HTTP = 80


def _cluster(shipped: Raw, services: Mapping[str, Raw]) -> Raw:
    """The shipped cluster with its system nodes, and one group that has room for every service at rest and at the peak."""
    needed = {
        figure: nodes_for(_NODE_TYPE, ((one[figure], one["cpu_millicores"], one["memory_mib"]) for one in services.values()))
        for figure in ("replicas", "max_replicas")
    }
    nodes = max(needed["replicas"], _NODES)
    group = {
        "instance_type": _NODE_TYPE,
        "ami_type": _AMI,
        "min_nodes": nodes,
        "nodes": nodes,
        "max_nodes": max(needed["max_replicas"], 2 * nodes),
        "disk_gib": 80,
        "labels": {"workload": _GROUP},
    }
    return {**shipped, "node_groups": {"system": shipped["node_groups"]["system"], _GROUP: group}}


def _store(name: str, kind: StoreKind, shipped: Raw) -> Raw:
    """A store with the habits of the shipped one of its kind, in the smallest class that is no burstable one but one."""
    if kind == "redis":
        pattern = next(store for store in shipped.values() if store["kind"] == "redis")
        return {**pattern, "data_class": "internal", "node_type": "cache.r7g.xlarge"}
    pattern = next(store for store in shipped.values() if store["kind"] == "rds")
    own: Raw = {"engine": kind, "database_name": name.replace("-", "_"), "instance_class": "db.r7g.xlarge", "storage_gib": 200}
    if kind == "mysql":
        own |= {"engine_version": "8.4.6", "parameters": {"slow_query_log": "1"}, "log_exports": ["error", "slowquery"]}
    return {**pattern, "data_class": "internal", **own, "max_storage_gib": 1000}


def _routes(sketch: Sketch) -> list[Raw]:
    first = entry(sketch)
    others = [one for one in sketch.services if one.published and one is not first]
    return [
        {"host": "", "path": "/", "service": first.name},
        {"host": "www", "path": "/", "service": first.name},
        *({"host": one.name, "path": "/", "service": one.name} for one in others if one.protocol == "http"),
    ]


def _operations(shipped: Raw, sketch: Sketch, answers: Answers) -> Raw:
    scopes = _ALWAYS | {_SCOPES[kind] for kind in sketch.stores.values()}
    alarms = {name: alarm for name, alarm in shipped["alarms"].items() if alarm["scope"] in scopes}
    books = sorted({alarm["runbook"] for alarm in alarms.values()})
    return {
        **shipped,
        "oncall": {
            "page": {"protocol": "email", "endpoint": f"oncall@{answers.domain}"},
            "ticket": {"protocol": "email", "endpoint": f"tickets@{answers.domain}"},
        },
        "runbooks": {name: f"https://runbooks.{answers.domain}/{name}" for name in books},
        "alarms": alarms,
    }


def _critical_path(sketch: Sketch) -> Raw:
    """The way from the entry through everything that it calls, until somebody says what the workflows are."""
    services = {one.name: one for one in sketch.services}
    passed: list[str] = []
    waiting = [entry(sketch).name]
    while waiting:
        name = waiting.pop(0)
        if name not in passed:
            passed.append(name)
            waiting += services[name].calls
    stores = sorted({store for name in passed for store in services[name].stores})
    steps = [*({"service": name} for name in passed), *({"store": name} for name in stores)]
    return {"description": "What most visitors do", "peak_requests_per_second": _PEAK, "steps": steps}
