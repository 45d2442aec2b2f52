"""Reflection over the model: every field has exactly one parity class, and nothing that must be fixed is scaled."""

from __future__ import annotations

import re

import pytest

from model.environment import Environment
from model.parity import Identical, Isolated, Ladder, Release, Scaled
from scaling.figures import leaves

FIXED = re.compile(
    r"zones|version|engine|encrypt|multi_az|retention|backup|audit|alarm|runbook|oncall|topology|prefix_length|tls|policy"
)


def test_every_field_has_exactly_one_parity_class(production: Environment) -> None:
    assert len(list(leaves(production))) > 300


def test_identity_is_isolated_and_nothing_else_is(production: Environment) -> None:
    isolated = [path for path, _, parity in leaves(production) if isinstance(parity, Isolated)]

    assert isolated == ["identity.environment", "identity.account_id", "identity.domain", "identity.address_range"]


def test_the_region_pair_is_isolated_as_a_pair() -> None:
    from model.identity import Identity
    from model.parity import parity_of

    assert isinstance(parity_of(Identity.model_fields["regions"]), Isolated)


def test_only_image_tags_may_move_with_a_release(production: Environment) -> None:
    released = {path.split(".", 2)[2] for path, _, parity in leaves(production) if isinstance(parity, Release)}

    assert released == {"image.tag"}


def test_no_ratio_can_touch_what_is_fixed(production: Environment) -> None:
    scaled = [path for path, _, parity in leaves(production) if isinstance(parity, Scaled | Ladder)]

    assert [path for path in scaled if FIXED.search(path.rsplit(".", 1)[-1])] == []


@pytest.mark.parametrize(
    "path",
    [
        "network.zones",
        "cluster.version",
        "stores.orders.multi_az",
        "stores.orders.engine_version",
        "services.ui.cpu_millicores",
    ],
)
def test_what_nobody_marked_is_identical(production: Environment, path: str) -> None:
    parity = {leaf: parity for leaf, _, parity in leaves(production)}

    assert isinstance(parity[path], Identical)
