"""The report as a page: to the byte as it was, well formed, with nothing from elsewhere, and text that is never markup."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from tests.report.documents import changed, clean, report
from understudy.report.page.page import render_html

GOLDEN = Path(__file__).parent / "golden"
DOCUMENTS: dict[str, Callable[[], dict[str, Any]]] = {"report": report, "change": changed, "clean": clean}
VOID = frozenset({"meta", "input"})


class Reader(HTMLParser):
    """Elements and their attributes; fails on an end that closes nothing."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.comments: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_comment(self, data: str) -> None:
        self.comments.append(data)


def read(name: str) -> Reader:
    reader = Reader()
    reader.feed(render_html(DOCUMENTS[name]()))
    reader.close()
    return reader


@pytest.mark.parametrize("name", DOCUMENTS)
def test_the_page_is_as_it_was(name: str) -> None:
    assert render_html(DOCUMENTS[name]()) == (GOLDEN / f"{name}.html").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", DOCUMENTS)
def test_the_page_is_well_formed_and_every_id_is_its_own(name: str) -> None:
    found = read(name)

    ids = [attributes["id"] for _, attributes in found.tags if "id" in attributes]
    assert found.open == []
    assert len(ids) == len(set(ids))
    for _, attributes in found.tags:
        for reference in (attributes.get("aria-labelledby"), attributes.get("for"), (attributes.get("href") or "")[1:]):
            assert not reference or reference in ids


@pytest.mark.parametrize("name", DOCUMENTS)
def test_nothing_of_the_page_comes_from_elsewhere(name: str) -> None:
    found = read(name)

    assert {tag for tag, _ in found.tags} & {"link", "img", "iframe", "object", "base", "b"} == set()
    assert [attributes for _, attributes in found.tags if {"src", "style", "onclick", "onload"} & set(attributes)] == []
    assert found.comments == []


def test_a_run_of_the_engine_tells_why_it_proves_nothing_and_what_it_does() -> None:
    changes = [
        {
            "urn": report()["stacks"]["staging"]["resources"][0]["urn"],
            "operation": "replace",
            "properties": ["a"],
            "replaced_by": ["<a>"],
        }
    ]
    run = {
        "command": "preview",
        "result": "failed",
        "exit_code": 255,
        "undecided": ["no pack judged"],
        "operations": {"replace": 1},
    }
    document = {
        **clean(),
        "verdict": "failed",
        "engine": {**run, "changes": changes, "errors": [{"urn": None, "message": "<boom>"}]},
    }

    text = render_html(document)

    for said in (
        "pulumi preview failed: 1 replace",
        "no pack judged",
        "&lt;boom&gt;",
        "<td>&lt;a&gt;</td>",
        'class="verdict failed"',
    ):
        assert said in text


def test_the_policy_names_exactly_the_style_and_the_script_of_the_page() -> None:
    text = render_html(changed())
    (policy,) = re.findall('Content-Security-Policy" content="([^"]*)"', text)

    for tag in ("style", "script"):
        (content,) = re.findall(f"<{tag}>(.*?)</{tag}>", text, re.DOTALL)
        digest = base64.b64encode(hashlib.sha256(content.encode()).digest()).decode()
        assert f"{tag}-src &#39;sha256-{digest}&#39;" in policy
    assert policy.startswith("default-src &#39;none&#39;;")
