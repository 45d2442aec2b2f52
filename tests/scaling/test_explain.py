"""Explaining a figure."""

from __future__ import annotations

import pytest

from model.environment import Environment
from model.errors import ConfigurationError
from model.staging import Staging
from scaling.explain import explain
from scaling.resolve import resolve


@pytest.mark.parametrize(
    ("path", "says"),
    [
        ("services.carts.replicas", "Exactly 1.5; rounded up."),
        ("services.carts.replicas", "scaling.ratios.compute"),
        ("services.checkout.replicas", "Checkout is where revenue is lost"),
        ("stores.catalog.instances", "It bounds the critical path browse"),
        ("stores.orders.max_connections", "Derived: memory of stores.orders.instance_class."),
        ("services.carts.memory_mib", "for which the stack file gives none"),
        ("network.zones", "Identical: no ratio can touch it."),
        ("identity.domain", "Isolated"),
        ("services.ui.image.tag", "Release"),
        ("services.ui.health", "services.ui.health.liveness_path"),
    ],
)
def test_a_figure_tells_its_story(production: Environment, staging: Staging, path: str, says: str) -> None:
    story = "\n".join(explain(resolve(production, staging), path))

    assert says in story


def test_a_mistyped_figure_is_answered_with_the_nearest(production: Environment, staging: Staging) -> None:
    with pytest.raises(ConfigurationError, match=r"did you mean 'services\.carts\.replicas'"):
        explain(resolve(production, staging), "services.cart.replicas")
