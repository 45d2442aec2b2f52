"""A view as a Mermaid flowchart, for a README."""

from __future__ import annotations

import re
from collections.abc import Iterator

from understudy.graph.view import GraphView, Node, Tier

_NAMES = {
    Tier.OUTSIDE: "Outside",
    Tier.EDGE: "Edge",
    Tier.SERVICES: "Services",
    Tier.STORES: "Stores",
    Tier.REGIONAL: "Regional services",
}
_SHAPES = {Tier.STORES: ("[(", ")]"), Tier.REGIONAL: ("[(", ")]")}


def render_mermaid(view: GraphView) -> str:
    """Write a view as Mermaid. The same view gives the same bytes."""
    return "\n".join(_lines(view)) + "\n"


def _lines(view: GraphView) -> Iterator[str]:
    beside = f", {view.other} beside {view.lead}" if view.other else f", {view.lead}"
    yield "---"
    yield f"title: {view.system}{beside}"
    yield "---"
    yield "flowchart LR"
    for tier, name in _NAMES.items():
        members = [node for node in view.nodes if node.tier == tier]
        if members:
            yield f'  subgraph {tier.name.lower()}["{name}"]'
            yield from (f"    {_node(node, view)}" for node in members)
            yield "  end"
    for edge in view.edges:
        first, second = (edge.target, edge.source) if edge.back else (edge.source, edge.target)
        yield f"  {_id(first)} {'==>' if edge.critical else '-->'} {_id(second)}"


def _node(node: Node, view: GraphView) -> str:
    opening, closing = _SHAPES.get(node.tier, ("[", "]"))
    parts = [f"<b>{node.title}</b>", node.kind]
    if node.share is not None:
        parts += [f"{view.lead}: {node.lead}", *([f"{view.other}: {node.other}"] if view.other else [])]
    elif node.lead:
        parts.append(node.lead)
    return f'{_id(node.id)}{opening}"{"<br/>".join(parts)}"{closing}'


def _id(name: str) -> str:
    """A name that Mermaid takes; a word of its own, such as `end`, cannot be mistaken for it."""
    return "n_" + re.sub(r"[^A-Za-z0-9]", "_", name)
