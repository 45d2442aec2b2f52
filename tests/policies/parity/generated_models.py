"""Models that nobody wrote: services, stores, figures, names and ratios at random, and always valid."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import assume
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

from model.errors import ConfigurationError
from model.load import load_environment, load_staging
from model.parity import Concern
from policies.parity.reference import Reference, read_reference
from scaling.resolve import resolve
from tests.conftest import ROOT, raw_model
from understudy.reference import program_project, rendered_reference
from understudy.start.answers import RECOVERY, Answers
from understudy.start.model_of import project_model, staging_configuration
from understudy.start.sketch import Sketch, SketchedService, StoreKind

NAMES = ("api", "cart", "eu", "main", "orders", "preprod", "prod-sync", "queue", "stack", "staging-notes", "web", "web-admin")
"""What services and stores are called: some are parts of others, and some remind of an environment or a region."""
ENVIRONMENTS = (("production", "staging"), ("prod", "preprod"), ("live", "qa"), ("prd", "stg"), ("eu", "eu2"))
_SHIPPED = raw_model()


@st.composite
def references(draw: DrawFn) -> Reference:
    """Both stacks of a random model, rendered by the program itself."""
    model, staging = draw(models())
    return read_reference(document(model, staging))


def document(model: dict[str, Any], staging: dict[str, Any]) -> dict[str, Any]:
    """The reference document of a raw model and a raw staging file."""
    name = str(model["system"])
    keys = {"environment": model, **staging}
    configuration = {f"{name}:{key}": json.dumps(value) for key, value in keys.items()}
    lead, stack = (str(side["identity"]["environment"]) for side in (model, staging))
    return rendered_reference(program_project(name, ROOT, configuration), stack, lead, configuration)


@st.composite
def models(draw: DrawFn) -> tuple[dict[str, Any], dict[str, Any]]:
    """A raw model of production and a raw staging file."""
    sketch, answers = draw(_sketches()), draw(_answers())
    model, staging = project_model(sketch, answers, _SHIPPED), staging_configuration(sketch, answers)
    model["identity"]["environment"], staging["identity"]["environment"] = draw(st.sampled_from(ENVIRONMENTS))
    model["network"]["zones"] = draw(st.integers(2, 3))
    for service in model["services"].values():
        service["namespace"] = draw(st.sampled_from(("apps", *NAMES)))
        if draw(st.booleans()):
            service["jvm"] = {"heap_percent": draw(st.integers(10, 90)), "options": draw(st.sampled_from(("", "-Dx=1")))}
    _furnish(draw, model)
    concerns = draw(st.sets(st.sampled_from([*Concern]), min_size=1))
    staging["scaling"] = {"ratios": {each.value: draw(st.integers(5, 100)) / 100 for each in sorted(concerns)}}
    staging["budget"] = {"max_cost_ratio": 1}
    try:
        environment = load_environment(model)
        resolve(environment, load_staging(staging, environment))
    except ConfigurationError:
        assume(False)
    return model, staging


def _furnish(draw: DrawFn, model: dict[str, Any]) -> None:
    """Add what a sketch knows nothing of: tables, an Aurora cluster, queues, topics and buckets, with alarms on them."""
    patterns = {store["kind"]: store for store in _SHIPPED["stores"].values() if store["kind"] in ("dynamodb", "aurora")}
    for name in draw(st.sets(st.sampled_from(NAMES), max_size=2)) - model["stores"].keys():
        kind = draw(st.sampled_from(sorted(patterns)))
        model["stores"][name] = {**patterns[kind], "data_class": "internal"}
    (queue,) = _SHIPPED["queues"].values()
    model["queues"] = {
        name: {**queue, "data_class": "internal", "fifo": draw(st.booleans())}
        for name in draw(st.sets(st.sampled_from(NAMES), max_size=2))
    }
    model["topics"] = {
        name: {
            "data_class": "internal",
            "subscribers": sorted(each for each in model["queues"] if not model["queues"][each]["fifo"]),
        }
        for name in draw(st.sets(st.sampled_from(NAMES), max_size=1))
    }
    model["buckets"] = {
        name: {"description": "Anything", "data_class": "internal", "noncurrent_expire_days": draw(st.integers(1, 400))}
        for name in draw(st.sets(st.sampled_from(NAMES), max_size=2))
    }
    scopes = {store["kind"] for store in model["stores"].values()} | (
        {"queue", "dead_letter_queue"} if model["queues"] else set()
    )
    operations, shipped = model["operations"], _SHIPPED["operations"]
    operations["alarms"] |= {name: alarm for name, alarm in shipped["alarms"].items() if alarm["scope"] in scopes}
    operations["runbooks"] |= {alarm["runbook"]: "https://runbooks.example.net" for alarm in operations["alarms"].values()}


@st.composite
def _sketches(draw: DrawFn) -> Sketch:
    names = draw(st.permutations(NAMES))
    kinds: list[StoreKind] = ["mysql", "postgres", "redis"]
    stores = {name: draw(st.sampled_from(kinds)) for name in names[: draw(st.integers(0, 3))]}
    chosen = names[len(stores) : len(stores) + draw(st.integers(1, 4))]
    services = []
    for index, name in enumerate(chosen):
        calls = tuple(other for other in chosen[:index] if draw(st.booleans()))
        kept = tuple(sorted(draw(st.sets(st.sampled_from(sorted(stores)))))) if stores else ()
        environment: dict[str, object] = {f"URL_{number}": {"service": other} for number, other in enumerate(calls)}
        environment |= {f"HOST_{number}": {"store": store, "attribute": "address"} for number, store in enumerate(kept)}
        replicas = draw(st.integers(2, 30))
        services.append(
            SketchedService(
                name=name,
                repository=f"registry.example.com/{name}",
                tag=draw(st.sampled_from(("1.0.0", "v2", "2024-01-01"))),
                port=draw(st.sampled_from((80, 3000, 8080))),
                replicas=replicas,
                max_replicas=replicas * draw(st.integers(1, 4)),
                cpu_millicores=draw(st.sampled_from((100, 250, 500, 1000))),
                memory_mib=16 * draw(st.integers(4, 128)),
                environment=environment,
                calls=calls,
                stores=kept,
                published=draw(st.booleans()),
            )
        )
    return Sketch(tuple(services), stores, ())


@st.composite
def _answers(draw: DrawFn) -> Answers:
    region, other = draw(st.permutations(sorted(RECOVERY)))[:2]
    return Answers(
        system=draw(st.sampled_from(("shop", "production-line", "web", "staging-area", "a", "eu-west"))),
        owner="platform",
        domain=draw(st.sampled_from(("shop.example.com", "example.com", "production.example.com", "web.example.net"))),
        account="111122223333",
        staging_account="444455556666",
        region=region,
        staging_region=other,
    )
