"""The data strategy of a staging database: what may be written, and what each mistake is told."""

from __future__ import annotations

from typing import Any

import pytest

from model.errors import ConfigurationError
from model.load import load_environment, load_staging
from model.staging import Staging
from tests.conftest import raw_model, raw_staging
from tests.refreshed import JOB

MASKED = {"source_type": "masked", "refresh_frequency": "0 3 * * 0", "privacy_level": "stable", "volume_scale": 1.0}
SUBSET = {**MASKED, "source_type": "masked_subset", "volume_scale": 0.1, "roots": {"customer": {"stratify_by": ["country"]}}}
SYNTHETIC = {**MASKED, "source_type": "synthetic", "volume_scale": 0.5, "rows": {"customer": 100}}


def staging_with(data: dict[str, Any]) -> Staging:
    return load_staging({**raw_staging(), "data": data}, load_environment(raw_model()))


@pytest.mark.parametrize("strategy", [MASKED, SUBSET, SYNTHETIC], ids=lambda strategy: strategy["source_type"])
def test_each_source_of_rows_has_a_shortest_valid_strategy(strategy: dict[str, Any]) -> None:
    assert staging_with({"orders": strategy}).data["orders"].source_type == strategy["source_type"]


@pytest.mark.parametrize("frequency", ["on-demand", "on-release", "*/15 0-6 1,15 * 1-5", "0 3 * * *"])
def test_a_refresh_starts_by_the_clock_or_by_an_event(frequency: str) -> None:
    assert staging_with({"orders": {**MASKED, "refresh_frequency": frequency}})


MISTAKES = [
    ("an unknown store", {"order": MASKED}, "data.order", "did you mean 'orders'?"),
    ("a store of another engine", {"catalog": MASKED}, "data.catalog", "only PostgreSQL's data can be refreshed"),
    ("a mistyped source", {"orders": {**MASKED, "source_type": "masqued"}}, "data.orders.source_type", "did you mean 'masked'?"),
    (
        "a mistyped event",
        {"orders": {**MASKED, "refresh_frequency": "on-demnd"}},
        "data.orders.refresh_frequency",
        "did you mean 'on-demand'?",
    ),
    ("an impossible hour", {"orders": {**MASKED, "refresh_frequency": "0 25 * * *"}}, "data.orders.refresh_frequency", "'25'"),
    ("more rows than there are", {"orders": {**SUBSET, "volume_scale": 1.5}}, "data.orders.volume_scale", "found 1.5"),
    ("no rows", {"orders": {**SUBSET, "volume_scale": 0}}, "data.orders.volume_scale", "found 0"),
    ("a part of every row", {"orders": {**MASKED, "volume_scale": 0.5}}, "data.orders", "use `masked_subset`"),
    ("a subset of nothing", {"orders": {**SUBSET, "roots": {}}}, "data.orders", "name at least one table"),
    ("roots of everything", {"orders": {**MASKED, "roots": {"customer": {}}}}, "data.orders", "belong to `subset`"),
    ("rows of everything", {"orders": {**MASKED, "rows": {"customer": 1}}}, "data.orders", "belongs to `synthetic`"),
    ("a lasting key for a job", {"orders": {**MASKED, "job": JOB}}, "data.orders", "`rotated` or `k_anonymous`"),
    (
        "a job on no node group",
        {"orders": {**MASKED, "privacy_level": "rotated", "job": {**JOB, "node_group": "transaction"}}},
        "data.orders.job.node_group",
        "did you mean 'transactions'?",
    ),
    (
        "an image that is no content",
        {"orders": {**MASKED, "privacy_level": "rotated", "job": {**JOB, "image": {"repository": "a.b/c", "digest": "latest"}}}},
        "data.orders.job.image.digest",
        "found 'latest'",
    ),
    (
        "a mistyped mask",
        {"orders": {**MASKED, "columns": {"customer.email": {"mask": "emial"}}}},
        "data.orders.columns.customer.email.mask",
        "did you mean 'email'?",
    ),
    (
        "a column kept without a reason",
        {"orders": {**MASKED, "columns": {"customer.email": {"mask": "keep"}}}},
        "data.orders.columns.customer.email",
        "says why",
    ),
    (
        "paths of a text",
        {"orders": {**MASKED, "columns": {"customer.email": {"mask": "email", "paths": {"a": "nullify"}}}}},
        "data.orders.columns.customer.email",
        "belongs to the mask `json`",
    ),
    (
        "a column without its table",
        {"orders": {**MASKED, "columns": {"email": {"mask": "email"}}}},
        "data.orders.columns",
        "table",
    ),
    (
        "a mask in a subset that masks nothing",
        {"orders": {**SUBSET, "source_type": "subset", "columns": {"customer.email": {"mask": "email"}}}},
        "data.orders",
        "use `masked_subset`",
    ),
    (
        "anonymity of nobody knows what",
        {"orders": {**MASKED, "privacy_level": "k_anonymous"}},
        "data.orders",
        "needs `quasi_identifiers`",
    ),
    ("a mistyped key", {"orders": {**MASKED, "volume_scal": 1.0}}, "data.orders.volume_scal", "did you mean 'volume_scale'?"),
]


@pytest.mark.parametrize(("data", "path", "says"), [case[1:] for case in MISTAKES], ids=[case[0] for case in MISTAKES])
def test_a_mistake_is_named_by_its_path_and_cause(data: dict[str, Any], path: str, says: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        staging_with(data)

    told = [problem for problem in caught.value.problems if problem.path.startswith(path)]
    assert told, caught.value.problems
    assert any(says in problem.message for problem in told), told
