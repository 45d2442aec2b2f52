"""What instance classes carry, against figures that AWS publishes."""

from __future__ import annotations

import pytest

from model.capacity import max_connections, nodes_needed
from model.environment import Environment


@pytest.mark.parametrize(
    ("engine", "instance_class", "published"),
    [
        ("aurora-mysql", "db.r7g.large", 1000),
        ("aurora-mysql", "db.r7g.2xlarge", 3000),
        ("aurora-mysql", "db.r7g.16xlarge", 6000),
        ("postgres", "db.r7g.large", 1800),
        ("aurora-postgresql", "db.r7g.16xlarge", 5000),
    ],
)
def test_connection_limits_are_near_what_is_published(engine: str, instance_class: str, published: int) -> None:
    assert max_connections(engine, instance_class) == pytest.approx(published, rel=0.1)


def test_nodes_are_counted_by_the_scarcer_of_processors_and_memory(production: Environment) -> None:
    assert nodes_needed(production, "web", peak=True) == 10
    assert nodes_needed(production, "system", peak=True) == 1
