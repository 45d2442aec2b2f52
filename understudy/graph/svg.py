"""A view as an SVG that stands by itself: light, readable without colour, with a title and a description for who listens."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from xml.etree import ElementTree as ET

from understudy.graph.layout import Box, Placed, Point, placed
from understudy.graph.view import Edge, GraphView, Node, Tier

_MARGIN, _HEAD, _FOOT, _PAD, _RADIUS = 32, 124, 60, 34, 9
_INK, _SOFT, _LINE, _PAPER = "#1f2933", "#5b6874", "#9aa7b3", "#ffffff"
_CRITICAL, _NETWORK, _FRAME = "#1d4ed8", "#f4f8fb", "#b9cbd9"
_TIERS = {
    Tier.OUTSIDE: ("Outside", "#64748b", "#f1f5f9"),
    Tier.EDGE: ("Edge", "#7c3aed", "#f5f3ff"),
    Tier.SERVICES: ("Services", "#0f766e", "#f0fdfa"),
    Tier.STORES: ("Stores", "#b45309", "#fffbeb"),
    Tier.REGIONAL: ("Regional services", "#9d174d", "#fdf2f8"),
}
_LEAD_BAR, _FONT = "#d5dde5", "Inter, 'Helvetica Neue', Arial, 'Liberation Sans', sans-serif"
_CHARACTERS, _ROOM = 24, 240
"""Characters of a title that fit, and the room that they share: more of them are smaller."""
_SVG = "http://www.w3.org/2000/svg"


def render_svg(view: GraphView) -> str:
    """Draw a view. The same view gives the same bytes."""
    layout = placed(view)
    whole = layout.bounds(layout.boxes)
    width = whole.width + 2 * (_MARGIN + _PAD)
    height = whole.height + _HEAD + _FOOT + 2 * _PAD
    root = ET.Element(
        "svg",
        {
            "xmlns": _SVG,
            "viewBox": f"0 0 {_number(width)} {_number(height)}",
            "width": _number(width),
            "height": _number(height),
            "role": "img",
            "aria-labelledby": "title description",
            "font-family": _FONT,
        },
    )
    ET.SubElement(root, "title", {"id": "title"}).text = _title(view)
    ET.SubElement(root, "desc", {"id": "description"}).text = _description(view)
    _markers(root)
    ET.SubElement(root, "rect", {"width": "100%", "height": "100%", "fill": _PAPER})
    _heading(root, view)
    dx, dy = _MARGIN + _PAD - whole.x, _HEAD + _PAD - whole.y
    body = ET.SubElement(root, "g", {"transform": f"translate({_number(dx)} {_number(dy)})"})
    _network(body, view, layout)
    _tiers(body, view, layout, whole)
    for edge in sorted(view.edges, key=lambda one: one.critical):
        _flow(body, edge, layout.lines[edge])
    for node in view.nodes:
        _card(body, node, layout.boxes[node.id], view)
    _legend(root, view, height)
    ET.indent(root)
    return ET.tostring(root, encoding="unicode") + "\n"


def _title(view: GraphView) -> str:
    beside = f", {view.other} beside {view.lead}" if view.other else f", {view.lead}"
    return f"{view.system}{beside}"


def _description(view: GraphView) -> str:
    """Every card and flow in words."""
    cards = "; ".join(" ".join(_words(node, view)) for node in view.nodes)
    titles = {node.id: node.title for node in view.nodes}
    flows = "; ".join(f"{titles[edge.source]} to {titles[edge.target]}" for edge in view.edges)
    return f"{'; '.join(view.places)}. {cards}. Flows: {flows}."


def _words(node: Node, view: GraphView) -> Iterator[str]:
    yield f"{node.title} ({node.kind})"
    if node.lead and node.share is not None:
        yield f"{view.lead} {node.lead}" + (f", {view.other} {node.other}" if view.other else "")


def _markers(root: ET.Element) -> None:
    defs = ET.SubElement(root, "defs")
    for name, colour in (("arrow", _LINE), ("arrow-critical", _CRITICAL)):
        shape = {"viewBox": "0 0 8 8", "refX": "7", "refY": "4", "markerWidth": "7", "markerHeight": "7"}
        marker = ET.SubElement(defs, "marker", {"id": name, "orient": "auto-start-reverse", **shape})
        ET.SubElement(marker, "path", {"d": "M0 0.6 L7.4 4 L0 7.4 Z", "fill": colour})


def _heading(root: ET.Element, view: GraphView) -> None:
    left = _MARGIN
    _text(root, left, 44, _title(view), size=23, weight="700")
    for index, place in enumerate(view.places):
        _text(root, left, 70 + 20 * index, place, size=14, fill=_SOFT)


def _network(body: ET.Element, view: GraphView, layout: Placed) -> None:
    """The environment's own network, drawn behind what stands in it."""
    inside = [node.id for node in view.nodes if node.network]
    frame = layout.bounds(inside).around(13)
    _rectangle(body, frame, fill=_NETWORK, stroke=_FRAME, radius=16, dash="6 5")
    _text(body, frame.x + 12, frame.y + 19, "VPC", size=12, fill=_SOFT, weight="600")


def _tiers(body: ET.Element, view: GraphView, layout: Placed, whole: Box) -> None:
    for tier, (name, colour, _) in _TIERS.items():
        members = [node.id for node in view.nodes if node.tier == tier]
        if members:
            box = layout.bounds(members)
            _text(body, box.x + box.width / 2, whole.y - 34, name.upper(), size=12, fill=colour, weight="700", anchor="middle")


def _flow(body: ET.Element, edge: Edge, points: tuple[Point, ...]) -> None:
    colour, marker = (_CRITICAL, "arrow-critical") if edge.critical else (_LINE, "arrow")
    end = {"marker-start": f"url(#{marker})"} if edge.back else {"marker-end": f"url(#{marker})"}
    width = "1.8" if edge.critical else "1.4"
    ET.SubElement(body, "path", {"d": _rounded(points), "fill": "none", "stroke": colour, "stroke-width": width, **end})


def _rounded(points: tuple[Point, ...]) -> str:
    """A line through points with its corners rounded."""
    path = [f"M{_number(points[0][0])} {_number(points[0][1])}"]
    for before, (corner, after) in zip(points, pairwise(points[1:]), strict=False):
        first, second = _towards(corner, before), _towards(corner, after)
        path.append(f"L{_pair(first)} Q{_pair(corner)} {_pair(second)}")
    path.append(f"L{_pair(points[-1])}")
    return " ".join(path)


def _towards(corner: Point, other: Point) -> Point:
    """The point on the way from a corner where its rounding begins."""
    dx, dy = other[0] - corner[0], other[1] - corner[1]
    length = max((dx * dx + dy * dy) ** 0.5, 0.001)
    step = min(_RADIUS, length / 2) / length
    return corner[0] + dx * step, corner[1] + dy * step


def _card(body: ET.Element, node: Node, box: Box, view: GraphView) -> None:
    _, colour, paper = _TIERS[node.tier]
    title = _cut(node.title)
    group = ET.SubElement(body, "g")
    ET.SubElement(group, "title").text = " ".join(_words(node, view))
    _rectangle(group, box, fill=_PAPER, stroke=colour, radius=9)
    head = Box(box.x + 0.75, box.y + 0.75, box.width - 1.5, 30)
    path = f"M{_number(head.x)} {_number(head.y + 30)} v-21 a9 9 0 0 1 9 -9 h{_number(head.width - 18)} a9 9 0 0 1 9 9 v21 z"
    ET.SubElement(group, "path", {"d": path, "fill": paper})
    _text(group, box.x + 12, box.y + 21, title, size=min(14.5, _ROOM / len(title)), weight="700")
    _zones(group, node, box, colour)
    sized = node.share is not None
    _text(group, box.x + 12, box.y + 47, _cut(node.kind, 34), size=11.5, fill=_SOFT)
    if sized:
        _sizes(group, node, box, view, colour)
    elif node.lead:
        _text(group, box.x + 12, box.y + 47, _cut(node.lead, 34), size=11.5, fill=_SOFT)


def _sizes(group: ET.Element, node: Node, box: Box, view: GraphView, colour: str) -> None:
    """Production's size over staging's, each with a bar; staging's bar is as long as the share of capacity that it keeps."""
    rows = [(node.lead, 1.0, _LEAD_BAR)]
    if view.other is not None:
        rows.append((node.other, node.share or 0.0, colour))
    for index, (size, share, bar) in enumerate(rows):
        y = box.y + 55 + 17 * index
        full = 46
        _rectangle(group, Box(box.x + 12, y, full, 8), fill="#eef2f6", stroke="none", radius=2)
        _rectangle(group, Box(box.x + 12, y, max(full * share, 2), 8), fill=bar, stroke="none", radius=2)
        _text(group, box.x + 66, y + 8.5, _cut(size, 25), size=11.5, fill=_INK)


def _zones(group: ET.Element, node: Node, box: Box, colour: str) -> None:
    """A dot for each zone that it stands in; hollow where only the lead does."""
    lead, other = node.zones
    for index in range(lead):
        filled = index < other
        place = {"cx": _number(box.x + box.width - 13 - 11 * (lead - 1 - index)), "cy": _number(box.y + 16), "r": "3.4"}
        ET.SubElement(group, "circle", {**place, "fill": colour if filled else _PAPER, "stroke": colour, "stroke-width": "1.3"})


def _legend(root: ET.Element, view: GraphView, height: float) -> None:
    y, x = height - 26, float(_MARGIN)
    beside = view.other is not None
    for name, colour, marker in (("on a critical path", _CRITICAL, "arrow-critical"), ("other flow", _LINE, "arrow")):
        line = {"stroke": colour, "stroke-width": "1.8", "marker-end": f"url(#{marker})"}
        ET.SubElement(root, "path", {"d": f"M{_number(x)} {_number(y)} h34", **line})
        x = _label(root, x + 42, y, name)
    _rectangle(root, Box(x, y - 4, 30, 8), fill=_LEAD_BAR, stroke="none", radius=2)
    x = _label(root, x + 38, y, f"{view.lead}'s size")
    colour = _TIERS[Tier.SERVICES][1]
    if beside:
        _rectangle(root, Box(x, y - 4, 12, 8), fill=colour, stroke="none", radius=2)
        x = _label(root, x + 20, y, f"{view.other}'s, as the share of capacity that it keeps")
    for name, fill in (
        ("a zone that it stands in", colour),
        *((("a zone of " + view.lead + "'s alone", _PAPER),) if beside else ()),
    ):
        circle = {"cx": _number(x + 4), "cy": _number(y), "r": "3.4", "fill": fill, "stroke": colour, "stroke-width": "1.3"}
        ET.SubElement(root, "circle", circle)
        x = _label(root, x + 14, y, name)


def _label(root: ET.Element, x: float, y: float, text: str) -> float:
    """A legend's words, and where the next entry begins."""
    _text(root, x, y + 4, text, size=12, fill=_SOFT)
    return x + 6.3 * len(text) + 26


def _rectangle(parent: ET.Element, box: Box, *, fill: str, stroke: str, radius: int, dash: str = "") -> None:
    place = {"x": _number(box.x), "y": _number(box.y), "width": _number(box.width), "height": _number(box.height)}
    lines = {"stroke-dasharray": dash} if dash else {}
    width = {} if stroke == "none" else {"stroke-width": "1.5"}
    ET.SubElement(parent, "rect", {**place, "rx": str(radius), "fill": fill, "stroke": stroke, **width, **lines})


def _text(
    parent: ET.Element,
    x: float,
    y: float,
    text: str,
    *,
    size: float,
    fill: str = _INK,
    weight: str = "400",
    anchor: str = "start",
) -> None:
    style = {"font-size": _number(size), "fill": fill, "font-weight": weight, "text-anchor": anchor}
    ET.SubElement(parent, "text", {"x": _number(x), "y": _number(y), **style}).text = text


def _cut(text: str, most: int = _CHARACTERS) -> str:
    return text if len(text) <= most else f"{text[: most - 1]}…"


def _pair(point: Point) -> str:
    return f"{_number(point[0])} {_number(point[1])}"


def _number(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0")
