"""A report document as one self-contained HTML page."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from understudy.report import change, engine
from understudy.report.parity import HEADINGS, parity_tables
from understudy.report.tables import further_tables, tables
from understudy.report.tree import columns, tree_rows
from understudy.report.words import LEVELS, beside, description, exempted, findings, money, place, said, shown, source

HERE = Path(__file__).parent


def render_html(document: Mapping[str, Any]) -> str:
    """Render a report document as a page. Everything is in it; its policy lets it load nothing and run its own script alone."""
    style, script = (_asset(name) for name in ("page.css", "page.js"))
    return (
        _environment()
        .get_template("page.html.j2")
        .render(
            document=document,
            style=Markup(style),  # noqa: S704 - a file of this package
            script=Markup(script),  # noqa: S704 - a file of this package
            policy=_policy(style, script),
            columns=columns(document),
            shares=beside(document.get("cost", {})),
            findings={level: [each for each in findings(document) if each[0] == level] for level in LEVELS},
            exempted=list(exempted(document)),
            parity=parity_tables(document),
            parity_headings=HEADINGS,
            tree=list(tree_rows(document, whole=True)),
            tables=[*tables(document), *further_tables(document)],
            engine=_engine(document) if "engine" in document else None,
            change=_change(document) if "change" in document else None,
            money=money,
            place=place,
            said=said,
            source=source,
            description=description,
        )
    )


def _engine(document: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "summary": engine.summary(document),
        "reasons": list(engine.reasons(document)),
        "changes": list(engine.changed(document)),
    }


def _change(document: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "base": change.base_of(document),
        "is_unchanged": change.is_unchanged(document),
        "headings": change.TOTALS,
        "totals": list(change.totals(document)),
        "resources": list(change.changed_resources(document)),
        "moved": (
            ("Figures that move", change.moved_figures(document)),
            ("Represented load that moves", change.moved_loads(document)),
        ),
        "findings": (
            ("New findings", list(change.changed_findings(document, "new"))),
            ("Cured findings", list(change.changed_findings(document, "cured"))),
        ),
    }


@cache
def _environment() -> Environment:
    return Environment(
        loader=FileSystemLoader(HERE),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        finalize=lambda value: shown(value) if isinstance(value, str) and not isinstance(value, Markup) else value,
    )


@cache
def _asset(name: str) -> str:
    return (HERE / name).read_text(encoding="utf-8")


def _policy(style: str, script: str) -> str:
    allowed = f"style-src {_hash(style)}; script-src {_hash(script)}"
    return f"default-src 'none'; {allowed}; base-uri 'none'; form-action 'none'"


def _hash(content: str) -> str:
    """What a content security policy calls a piece of style or script."""
    return f"'sha256-{base64.b64encode(hashlib.sha256(content.encode()).digest()).decode()}'"
