"""A small report of everything that a report can hold, for the tests of its forms."""

from __future__ import annotations

import copy
from typing import Any

from understudy.change.difference import change
from understudy.report.components import components
from understudy.report.document import SCHEMA

SLY = "is <b>open</b> | to @everyone\x1b[2J, #1 and `all` [x](http://example.com) <!-- --> ]]>"
"""What no form may take for anything but text."""
_TYPES = {"web": "understudy:services:Service", "orders": "understudy:stores:Rds", "logs": "understudy:stores:LogBucket"}

DEVIATION = {
    "resource": "services/web/deployment",
    "property": "spec.paused",
    "reason": "the rollout is watched by hand",
    "owner": "shop-platform",
    "expires": "2026-02-01",
    "ends_soon": True,
}


def urn(stack: str, name: str, type_: str = "aws:s3/bucket:Bucket") -> str:
    return f"urn:pulumi:{stack}::shop::{type_}::{name}"


def resource(stack: str, name: str, parent: str | None, type_: str, **inputs: Any) -> dict[str, Any]:
    return {
        "urn": urn(stack, name, type_),
        "type": type_,
        "name": name,
        "parent": parent,
        "custom": not type_.startswith(("understudy:", "pulumi:pulumi:")),
        "provider": None,
        "inputs": inputs,
        "dependencies": [],
        "property_dependencies": {},
        "aliases": [],
        "protect": False,
        "ignore_changes": [],
    }


def resources(stack: str, instances: int) -> list[dict[str, Any]]:
    root = resource(stack, f"shop-{stack}", None, "pulumi:pulumi:Stack")
    system = resource(stack, "shop", root["urn"], "understudy:system:System")
    parts = {name: resource(stack, f"shop-{name}", system["urn"], type_) for name, type_ in _TYPES.items()}
    below = [
        resource(stack, "shop-web-deployment", parts["web"]["urn"], "kubernetes:apps/v1:Deployment", replicas=4),
        resource(stack, "shop-logs-bucket", parts["logs"]["urn"], "aws:s3/bucket:Bucket", bucket=f"shop-{stack}-logs"),
        *(
            resource(stack, f"shop-orders-{number}", parts["orders"]["urn"], "aws:rds/instance:Instance", multiAz=True)
            for number in range(instances)
        ),
    ]
    return sorted([root, system, *parts.values(), *below], key=lambda each: each["urn"])


def finding(stack: str, name: str, type_: str, level: str, message: str, policy: str = "S3-01") -> dict[str, Any]:
    return {
        "pack": "understudy-security",
        "policy": policy,
        "level": level,
        "severity": "high",
        "inconclusive": False,
        "urn": urn(stack, name, type_),
        "property": "bucket",
        "message": f"No bucket is public.\n{message}",
        "source": {"file": "Pulumi.yaml", "line": 12, "path": "config.environment.value.buckets"},
    }


def rule(verdict: str, exempted: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "pack": "understudy-security",
        "rule": "S3-01",
        "level": "mandatory",
        "severity": "high",
        "verdict": verdict,
        "subjects": {"pass": 1, "inconclusive": 0, "fail": int(verdict == "fail"), "error": 0},
        "properties": 4,
        "exempted": exempted,
    }


def line(path: str, production: float | str, ratio: float, exact: float | str, result: float | str, why: str) -> dict[str, Any]:
    at = {"file": "Pulumi.yaml", "line": 20, "path": f"config.environment.value.{path}"}
    given = {"file": "Pulumi.staging.yaml", "line": 9, "path": "config.shop:scaling.ratios.compute"}
    figures = {"production": production, "ratio": ratio, "exact": exact, "result": result}
    told = {"rule": why, "source": "scaling.ratios.compute", "kind": "continuous"}
    return {"stack": "staging", "path": path, **figures, **told, "figure_source": at, "ratio_source": given}


LEDGER = [
    line("services.web.max_unavailable", 2, 0.25, 0.5, 1, "rounded up"),
    line("services.web.replicas", 8, 0.25, 2, 2, "exact"),
    line("stores.orders.instance_class", "db.r7g.16xlarge", 0.25, "db.r7g.4xlarge", "db.r7g.4xlarge", "a real size of db.r7g"),
    line("stores.orders.memory_threshold_in_bytes", 6871947673.6, 1 / 3, 2290649224.53, 2290649224.53, "10 % of the memory"),
    line("system.requests_per_second", 1000, 0.25, 250, 250, "exact"),
]


def difference(name: str, type_: str, explained: str, figure: str | None, message: str) -> dict[str, Any]:
    place = name.removeprefix("shop-").replace("-", "/")
    found = {"urn": urn("staging", name, type_), "place": place, "property": "spec.replicas", "explained": explained}
    return {**found, "figure": figure, "message": message}


def parity() -> dict[str, Any]:
    row = {"row": "application", "score": 0.98, "resources": 4, "compared": 1000, "equal": 940, "explained": 40}
    return {
        "verdict": "violation",
        "violations": 2,
        "explained": {"capacity": 1, "identity": 1},
        "rows": [
            {
                **row,
                "unexplained": 20,
                "compared_by_source": 5,
                "costs": [{"place": "services/web/deployment", "unexplained": 20}],
            }
        ],
        "differences": [
            difference(
                "shop-web-deployment",
                "kubernetes:apps/v1:Deployment",
                "capacity",
                "services.web.replicas",
                "is 2 here and 8 in production",
            ),
            difference("shop-logs-bucket", "aws:s3/bucket:Bucket", "identity", None, "carries its own environment's identity"),
        ],
        "unknowable": [{"place": "edge/zone", "property": "nameServers"}],
        "deviations": [DEVIATION],
    }


def priced(monthly: str, fixed: str, scaled: str, orders: str) -> dict[str, Any]:
    parts = [{"component": "logs (LogBucket)", "monthly": fixed}, {"component": "orders (Rds)", "monthly": orders}]
    sums = {"monthly": monthly, "fixed": fixed, "scaled": scaled, "unverified": "12.00"}
    return {"region": "eu-west-1", **sums, "components": parts, "unpriced": 3}


COST = {
    "currency": "USD",
    "hours_a_month": 730,
    "price_table": {"compiled": "2026-01-31"},
    "stacks": {
        "production": priced("2012.00", "12.00", "2000.00", "2000.00"),
        "staging": priced("512.00", "12.00", "500.00", "500.00"),
    },
    "comparison": {"staging": {"ratio": 0.2545, "fixed": 1.0, "scaled": 0.25, "max_cost_ratio": 0.35}},
    "off_hours": {"hours_a_week": 118, "saves": {"staging": "351.19"}},
}


def report() -> dict[str, Any]:
    """The report; a fresh copy each time."""
    exempted = [{"urn": urn("staging", "two"), "reason": "it serves a page.", "owner": "shop-platform", "expires": "2030-01-31"}]
    bucket = "shop-logs-bucket", "aws:s3/bucket:Bucket"
    found = {
        "production": [finding("production", *bucket, "advisory", "bucket: cannot tell yet", "S3-02")],
        "staging": [
            finding("staging", *bucket, "advisory", "bucket: cannot tell yet", "S3-02"),
            finding("staging", *bucket, "mandatory", f"bucket: {SLY}"),
        ],
    }
    stacks = {
        stack: {"resources": resources(stack, count), "outputs": {}, "policies": found[stack], "rules": [rule(verdict, excused)]}
        for stack, count, verdict, excused in (("production", 3, "pass", []), ("staging", 2, "fail", exempted))
    }
    figures = {
        stack: {
            urn(stack, "shop-web", _TYPES["web"]): "services.web",
            urn(stack, "shop-orders", _TYPES["orders"]): "stores.orders",
        }
        for stack in stacks
    }
    load = {"stack": "staging", "path": "buy", "peak_requests_per_second": 2400.0, "represented_requests_per_second": 800.0}
    step = {"target": "services.web", "capacity_ratio": 1 / 3, "requests_per_second": 800.0}
    return copy.deepcopy(
        {
            "schema": SCHEMA,
            "project": "shop",
            "verdict": "violation",
            "summary": {"resources": {"production": 10, "staging": 9}, "policies": {"mandatory": 1, "advisory": 2}},
            "packs": [{"name": "understudy-security", "policies": 148}],
            "stacks": stacks,
            "components": components(stacks, figures, LEDGER, {"staging": parity()}, COST),
            "parity": {"staging": parity()},
            "cost": COST,
            "ledger": LEDGER,
            "represented_load": [{**load, "ratio": 1 / 3, "bound_by": "services.web", "steps": [step]}],
        }
    )


def changed() -> dict[str, Any]:
    """The report, held against the clean one of a revision, with changes of every kind."""
    document = report()
    web = next(each for each in document["stacks"]["staging"]["resources"] if each["name"] == "shop-web-deployment")
    web["inputs"] = {"replicas": 3, "a|b": f"``` {SLY}", "password": {"$secret": True}, **{f"p{n:02}": n for n in range(14)}}
    document["stacks"]["production"]["resources"].pop()
    document["stacks"]["staging"]["resources"].append(resource("staging", "shop-new", None, "aws:s3/bucket:Bucket"))
    document["ledger"][1]["result"] = 3
    document["represented_load"][0]["represented_requests_per_second"] = 900.0
    document["cost"]["stacks"]["staging"]["monthly"] = "515.50"
    former = clean()
    former["stacks"]["staging"]["policies"].append(
        finding("staging", "shop-logs-bucket", "aws:s3/bucket:Bucket", "advisory", SLY, "S3-03")
    )
    return {**document, "change": change(former, document, {"kind": "revision", "name": "main", "commit": "0123456789" * 4})}


def clean() -> dict[str, Any]:
    """The same without what is wrong."""
    document = report()
    for content in document["stacks"].values():
        content["policies"] = [policy for policy in content["policies"] if policy["level"] == "advisory"]
    document["summary"]["policies"]["mandatory"] = 0
    return {**document, "verdict": "clean"}
