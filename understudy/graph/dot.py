"""A view in Graphviz's language, for who wants to lay it out themselves."""

from __future__ import annotations

import json
from collections.abc import Iterator

from understudy.graph.view import GraphView, Node, Tier


def render_dot(view: GraphView) -> str:
    """Write a view as a digraph. The same view gives the same bytes."""
    return "\n".join(_lines(view)) + "\n"


def _lines(view: GraphView) -> Iterator[str]:
    beside = f", {view.other} beside {view.lead}" if view.other else f", {view.lead}"
    yield f"digraph {_quoted(view.system)} {{"
    yield f"  graph [rankdir=LR, label={_quoted(view.system + beside)}, labelloc=t, fontname=Helvetica]"
    yield "  node [shape=box, style=rounded, fontname=Helvetica]"
    for node in view.nodes:
        shape = ", shape=cylinder, style=solid" if node.tier >= Tier.STORES else ""
        yield f"  {_quoted(node.id)} [label={_quoted(_label(node, view))}{shape}]"
    for edge in view.edges:
        marks = ", ".join([*(["penwidth=2"] if edge.critical else []), *(["dir=back"] if edge.back else [])])
        yield f"  {_quoted(edge.source)} -> {_quoted(edge.target)} [{marks}]".removesuffix(" []")
    yield "}"


def _label(node: Node, view: GraphView) -> str:
    lines = [node.title, node.kind]
    if node.share is not None:
        lines += [f"{view.lead}: {node.lead}", *([f"{view.other}: {node.other}"] if view.other else [])]
    elif node.lead:
        lines.append(node.lead)
    return "\n".join(lines)


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)
