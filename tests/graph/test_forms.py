"""The drawings are the same to the byte, readable as what they claim to be, and hide nothing."""

from __future__ import annotations

from itertools import combinations
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from click.testing import CliRunner

from tests.conftest import PROJECTS, ROOT
from understudy.cli import cli
from understudy.graph.assemble import FORMS, drawing
from understudy.graph.layout import Box, placed
from understudy.graph.view import Edge, GraphView, Node, Tier

HERE = Path(__file__).parent
VIEW = GraphView(
    system="shop",
    lead="production",
    other="staging",
    places=("production: eu-west-1", "staging: eu-north-1"),
    nodes=(
        Node("internet", Tier.OUTSIDE, "Visitors", "10 requests/s", network=False),
        Node("lb", Tier.EDGE, "Load balancer", "internal", zones=(3, 3)),
        Node("services.end", Tier.SERVICES, 'end <"&">', "service on web", "6 replicas", "2 replicas", 1 / 3, (3, 2)),
        Node("services.b", Tier.SERVICES, "a-name-that-is-much-too-long-for-a-card", "service on web", "2", "2", 1.0, (2, 2)),
        Node("stores.a", Tier.STORES, "a", "RDS PostgreSQL", "2 × db.r7g.large", "2 × db.r7g.large", 1.0, (2, 2)),
        Node("topics.t", Tier.REGIONAL, "t", "SNS topic", network=False),
        Node("queues.q", Tier.REGIONAL, "q", "SQS queue", network=False),
    ),
    edges=(
        Edge("internet", "lb", critical=True),
        Edge("lb", "services.end", critical=True),
        Edge("services.b", "services.end"),
        Edge("services.end", "services.b"),
        Edge("services.end", "stores.a", critical=True),
        Edge("services.b", "queues.q", back=True),
        Edge("services.end", "topics.t"),
        Edge("topics.t", "queues.q"),
    ),
)


@pytest.mark.parametrize("form", sorted(FORMS))
def test_a_drawing_is_as_it_was(form: str) -> None:
    assert FORMS[form](VIEW) == (HERE / "golden" / f"shop.{form}").read_text(encoding="utf-8")


def test_the_picture_in_the_documentation_is_what_is_drawn() -> None:
    assert drawing(PROJECTS["retail-store"], None, "svg") == (ROOT / "docs" / "retail-store.svg").read_text(encoding="utf-8")


@pytest.mark.parametrize("project", sorted(PROJECTS))
def test_an_svg_has_a_title_a_description_and_every_name(project: str) -> None:
    root = ET.fromstring(drawing(PROJECTS[project], None, "svg"))  # noqa: S314 - our own
    space = {"s": "http://www.w3.org/2000/svg"}

    assert (root.findtext("s:title", "", space), root.get("role")) == (f"{project}, staging beside production", "img")
    assert "Flows: " in root.findtext("s:desc", "", space)


def overlap(one: Box, two: Box) -> bool:
    across = one.x < two.x + two.width and two.x < one.x + one.width
    return across and one.y < two.y + two.height and two.y < one.y + one.height


def test_no_card_lies_on_another() -> None:
    boxes = placed(VIEW).boxes.values()

    assert not [pair for pair in combinations(boxes, 2) if overlap(*pair)]


def test_stores_stand_behind_services_and_regional_services_behind_them() -> None:
    boxes = placed(VIEW).boxes
    columns = [boxes[name].x for name in ("internet", "lb", "services.end", "stores.a", "topics.t", "queues.q")]

    assert columns == sorted(columns)
    assert len(set(columns)) == len(columns)


@pytest.mark.parametrize(("form", "begins"), [("svg", "<svg"), ("mermaid", "---\ntitle: "), ("dot", "digraph ")])
def test_the_command_prints_each_form(form: str, begins: str) -> None:
    done = CliRunner().invoke(cli, ["graph", "--project", str(PROJECTS["online-boutique"]), "--format", form])

    assert done.exit_code == 0
    assert done.output.startswith(begins)


@pytest.mark.parametrize(
    "arguments", [("--stack", "stagin"), ("--format", "png"), ("--project", str(ROOT / "docs"))], ids=lambda one: one[0]
)
def test_a_users_mistake_is_exit_code_2(arguments: tuple[str, ...]) -> None:
    result = CliRunner().invoke(cli, ["graph", *arguments])

    assert result.exit_code == 2
    assert "Traceback" not in result.output
