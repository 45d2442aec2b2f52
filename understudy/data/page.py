"""The plot page: production's distributions beside staging's, in one HTML file that needs nothing else and shows no value.

What is drawn are shares: of the most frequent values by rank, of rows up to a quantile, of NULLs. Shares of fewer than five rows are
never in the figures that it is made from.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

WIDTH, HEIGHT = 220, 90
STYLE = """
:root{color-scheme:light dark;--source:#2a6f97;--target:#e07a1f;--line:#8888}
body{font:14px/1.45 system-ui,sans-serif;margin:2rem auto;max-width:72rem;padding:0 1rem}
h1{font-size:1.4rem}h2{font-size:1.1rem;margin-top:2rem}
.columns{display:grid;grid-template-columns:repeat(auto-fill,minmax(16rem,1fr));gap:1rem}
figure{margin:0;border:1px solid var(--line);border-radius:6px;padding:.7rem}
figcaption{font-weight:600;overflow-wrap:anywhere}figcaption small{font-weight:400;opacity:.7}
svg{width:100%;height:auto;display:block;margin:.4rem 0}
.source{fill:var(--source)}.target{fill:var(--target)}
polyline{fill:none;stroke-width:1.6}polyline.source{stroke:var(--source)}polyline.target{stroke:var(--target);stroke-dasharray:4 2}
table{border-collapse:collapse;width:100%}td,th{padding:.15rem .5rem;text-align:right;border-bottom:1px solid var(--line)}
td:first-child,th:first-child{text-align:left}.fail{color:#c0392b;font-weight:600}
.key span{display:inline-block;width:.8em;height:.8em;margin:0 .3em 0 1em;background:var(--source)}.key span+span{background:var(--target)}
"""
MARKS = {"pass": "✓", "fail": "✗", "not applicable": "–"}


def plot_page(document: Mapping[str, Any]) -> str:
    """The page of a verification."""
    checks = {check["check"]: check for check in document["checks"]}
    columns: Mapping[str, Mapping[str, Any]] = checks["statistics"]["figures"].get("columns", {})
    tables = checks["volume"]["figures"].get("tables", {})
    parts = [
        f"<h1>Staging's data beside production's: {escape(document['verdict'])}</h1>",
        '<p class="key"><span></span>production <span style="background:var(--target)"></span>staging</p>',
        _checks(document["checks"]),
        _volumes(tables),
    ]
    for table in sorted({name.rpartition(".")[0] for name in columns}):
        drawn = [_figure(name, column) for name, column in columns.items() if name.rpartition(".")[0] == table]
        parts.append(f'<h2>{escape(table)}</h2><div class="columns">{"".join(drawn)}</div>')
    body = "\n".join(parts)
    head = '<meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">'
    policy = "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">"
    return f'<!doctype html>\n<html lang="en"><head>{head}{policy}<title>Staging\'s data</title><style>{STYLE}</style></head>\n<body>{body}</body></html>\n'


def _checks(checks: Sequence[Mapping[str, Any]]) -> str:
    rows = "".join(
        f'<tr class="{escape(check["status"])}"><td>{MARKS[check["status"]]} {escape(check["check"])}</td><td>{escape(check["summary"])}</td></tr>'
        for check in checks
    )
    return f"<table>{rows}</table>"


def _volumes(tables: Mapping[str, Mapping[str, int]]) -> str:
    rows = "".join(
        f"<tr><td>{escape(name)}</td><td>{count['source']:,}</td><td>{count['target']:,}</td></tr>"
        for name, count in sorted(tables.items())
    )
    return f"<h2>Rows</h2><table><tr><th>table</th><th>production</th><th>staging</th></tr>{rows}</table>"


def _figure(name: str, column: Mapping[str, Any]) -> str:
    drawing = _curves(column["cumulative"]) if column.get("cumulative") else _bars(column["ranks"])
    distance = "" if column["distance"] is None else f", distance {column['distance']:.3f}"
    rows = "".join(
        f"<tr><td>{label}</td><td>{_told(ours)}</td><td>{_told(theirs)}</td></tr>"
        for label, (ours, theirs) in (
            ("NULL", column["null_share"]),
            ("distinct", column["distinct_share"]),
            ("mean length", column["mean_length"]),
        )
    )
    caption = f"{escape(name.rpartition('.')[2])} <small>{escape(column['mask'])}{distance}</small>"
    return f"<figure><figcaption>{caption}</figcaption>{drawing}<table>{rows}</table></figure>"


def _told(figure: float | None) -> str:
    return "–" if figure is None else f"{figure:,.3g}"


def _bars(ranks: Sequence[Sequence[float]]) -> str:
    """Shares of the most frequent values, by rank."""
    count = max(map(len, ranks))
    if not count:
        return "<p><small>no value that five rows share</small></p>"
    highest = max(share for one in ranks for share in one)
    step = WIDTH / count
    bars = []
    for series, (kind, shares) in enumerate(zip(("source", "target"), ranks, strict=True)):
        for rank, share in enumerate(shares):
            height = HEIGHT * share / highest
            x = rank * step + series * step * 0.42
            bars.append(
                f'<rect class="{kind}" x="{x:.1f}" y="{HEIGHT - height:.1f}" width="{step * 0.4:.1f}" height="{height:.1f}"/>'
            )
    return f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="shares by rank">{"".join(bars)}</svg>'


def _curves(shares: Sequence[Sequence[float]]) -> str:
    """Shares of rows up to each quantile of production."""
    count = len(shares[0])
    lines = []
    for kind, one in zip(("source", "target"), shares, strict=True):
        places = " ".join(
            f"{WIDTH * (place + 1) / (count + 1):.1f},{HEIGHT * (1 - share):.1f}" for place, share in enumerate(one)
        )
        lines.append(f'<polyline class="{kind}" points="0,{HEIGHT} {places} {WIDTH},0"/>')
    return f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="cumulative shares">{"".join(lines)}</svg>'
