"""Where everything stands: a layered layout from the visitor inwards, its stores in the last layer."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import graphlay

from understudy.graph.view import Edge, GraphView, Node, Tier

WIDTH, HEIGHT = 220, 92
"""Size of a card."""
LOW = 62
"""Height of a card without a size."""
_OPTIONS = {
    "direction": "leftright",
    "routing": {"style": "orthogonal"},
    "spacing": {"layer_gap": 66.0, "node_gap": 28.0, "dummy_gap": 18.0},
}
Point = tuple[float, float]


@dataclass(frozen=True)
class Box:
    """A rectangle by its upper left corner."""

    x: float
    y: float
    width: float
    height: float

    def around(self, margin: float) -> Box:
        """The rectangle with a margin on every side."""
        return Box(self.x - margin, self.y - margin, self.width + 2 * margin, self.height + 2 * margin)


@dataclass(frozen=True)
class Placed:
    """The boxes of nodes and the lines of edges, in pixels from the upper left."""

    boxes: Mapping[str, Box]
    lines: Mapping[Edge, tuple[Point, ...]]

    def bounds(self, ids: Iterable[str]) -> Box:
        """The smallest rectangle around some nodes."""
        boxes = [self.boxes[one] for one in ids]
        left, top = min(box.x for box in boxes), min(box.y for box in boxes)
        return Box(left, top, max(box.x + box.width for box in boxes) - left, max(box.y + box.height for box in boxes) - top)


def placed(view: GraphView) -> Placed:
    """Lay a view out. The same view is laid out the same way, to the last digit."""
    ranks = _ranks(view)
    graph = graphlay.Graph()
    sizes = {node.id: _height(node) for node in view.nodes}
    for node in view.nodes:
        graph.node(node.id, width=float(WIDTH), height=float(sizes[node.id]), rank={"fixed": ranks[node.id]})
    for edge in view.edges:
        graph.edge(edge.source, edge.target, weight=4.0 if edge.critical else 1.0)
    drawing = graphlay.layout(graph, options=_OPTIONS)
    centres = drawing.positions()
    boxes = {
        node.id: Box(
            round(centres[node.id][0] - WIDTH / 2, 1), round(centres[node.id][1] - sizes[node.id] / 2, 1), WIDTH, sizes[node.id]
        )
        for node in view.nodes
    }
    lines = {
        edge: tuple((round(point["x"], 1), round(point["y"], 1)) for point in drawn["points"])
        for edge, drawn in zip(view.edges, drawing.edges, strict=True)
    }
    return Placed(boxes, lines)


def _height(node: Node) -> int:
    return HEIGHT if node.share is not None else LOW


def _ranks(view: GraphView) -> dict[str, int]:
    """The layer of each node: as many steps from the visitor as the longest way there; stores in the last layers,
    those outside the network last of all."""
    before: dict[str, set[str]] = defaultdict(set)
    for edge in view.edges:
        before[edge.target].add(edge.source)
    tiers = {node.id: node.tier for node in view.nodes}
    ranks: dict[str, int] = {}

    def rank(one: str, seen: frozenset[str]) -> int:
        if one not in ranks:
            earlier = [other for other in before[one] if other not in seen and tiers[other] <= tiers[one]]
            steps = [rank(other, seen | {one}) + 1 for other in sorted(earlier)]
            least = _FIRST[tiers[one]]
            if seen & before[one]:
                return max([least, *steps])  # within a circle of calls: not the last word
            ranks[one] = max([least, *steps])
        return ranks[one]

    for node in view.nodes:
        if node.tier <= Tier.SERVICES:
            rank(node.id, frozenset())
    for tier in (Tier.STORES, Tier.REGIONAL):
        last = max(ranks.values()) + 1
        ranks |= {node.id: last for node in view.nodes if node.tier == tier}
    for node in view.nodes:
        if node.tier == Tier.REGIONAL and any(tiers[other] == Tier.REGIONAL for other in before[node.id]):
            ranks[node.id] += 1
    return ranks


_FIRST = {Tier.OUTSIDE: 0, Tier.EDGE: 1, Tier.SERVICES: 3}
