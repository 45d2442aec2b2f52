"""The report for a pull request: to the byte as it was, within the size of a comment, and nothing in it taken for markup."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.token import Token

from tests.report.documents import SLY, changed, clean, report
from understudy.report.markdown import LIMIT, MARKER, render_markdown
from understudy.report.markdown_text import code, plain

GOLDEN = Path(__file__).parent / "golden"
ALLOWED_HTML = re.compile(
    r"(<details><summary>[^<>]*</summary>|</details>|<!-- understudy-report -->|<!-- understudy-project: shop -->|#+ .*|\s)*",
    re.DOTALL,
)
DOCUMENTS: dict[str, Callable[[], dict[str, Any]]] = {"report": report, "change": changed, "clean": clean}


def tokens(text: str) -> list[Token]:
    return [inner for token in MarkdownIt("commonmark").enable("table").parse(text) for inner in (token, *(token.children or ()))]


def long(times: int) -> dict[str, Any]:
    """A report whose every list is many times as long."""
    document = changed()
    for content in document["stacks"].values():
        content["policies"] *= times
    for each in document["change"]["stacks"].values():
        each["changed"] *= times
    document["change"]["findings"] = {key: found * times for key, found in document["change"]["findings"].items()}
    document["change"]["ledger"] *= times
    document["components"] *= times
    return document


@pytest.mark.parametrize("name", DOCUMENTS)
def test_the_markdown_is_as_it_was(name: str) -> None:
    assert render_markdown(DOCUMENTS[name]()) == (GOLDEN / f"{name}.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", DOCUMENTS)
def test_a_bot_finds_the_comment_again(name: str) -> None:
    assert render_markdown(DOCUMENTS[name]()).startswith(f"{MARKER}\n<!-- understudy-project: shop -->\n")


def test_a_project_cannot_end_its_hidden_line() -> None:
    assert "\n<!-- understudy-project: a--b -->\n" in render_markdown({**clean(), "project": "a-->b"})


@pytest.mark.parametrize("times", [1, 10, 100, 1000])
def test_any_report_fits_a_comment_and_says_what_is_cut(times: int) -> None:
    text = render_markdown(long(times))

    assert len(text) <= LIMIT
    assert ("**Too long for a comment**" in text) == (times >= 100)
    assert text.count("<details>") == text.count("</details>")
    assert len([token for token in tokens(text) if token.type == "fence"]) == text.count("diff\n@@")


def test_what_is_wrong_is_kept_where_a_report_is_cut() -> None:
    text = render_markdown(long(100))

    assert text.index("What is wrong: 100") < text.index("What changes")
    assert re.search(
        r"cut here and whole in the JSON report: .*Components: what was scaled, and why \([\d,]+ of [\d,]+ lines\)", text
    )


@pytest.mark.parametrize("name", DOCUMENTS)
def test_nothing_of_the_report_becomes_html_a_link_or_an_image(name: str) -> None:
    found = tokens(render_markdown(DOCUMENTS[name]()))

    assert [token.content for token in found if token.type in ("html_inline", "link_open", "image")] == []
    for token in found:
        if token.type == "html_block":
            assert ALLOWED_HTML.fullmatch(token.content), token.content


@pytest.mark.parametrize("name", DOCUMENTS)
def test_every_row_of_a_table_has_the_cells_of_its_heading(name: str) -> None:
    width = cells = 0
    for token in tokens(render_markdown(DOCUMENTS[name]())):
        if token.type == "thead_open":
            width = 0
        width += token.type == "th_open"
        cells = 0 if token.type == "tr_open" else cells + (token.type == "td_open")
        assert token.type != "tr_close" or cells in (0, width)


@pytest.mark.parametrize("form", [plain, code])
@given(st.text(alphabet=st.sampled_from("ab`|*_<>&@#[]()!\\~:/. \n\r\x1b1"), max_size=30) | st.text(max_size=30) | st.just(SLY))
def test_any_text_is_shown_as_it_is(form: Callable[[str], str], text: str) -> None:
    written = form(text)
    row = next(token for token in tokens(f"| a | b |\n| - | - |\n| x{written} | y |\n") if token.content.startswith("x"))

    shown = "".join(child.content for child in row.children or ()).replace("\N{ZERO WIDTH SPACE}", "")
    expected = "".join(
        "\N{REPLACEMENT CHARACTER}" if ord(each) < 32 or 127 <= ord(each) < 160 else each for each in " ".join(text.split())
    )
    assert re.sub(r"[\u202a-\u202e\u2066-\u2069\ufffd\s]", "", shown[1:]) == re.sub(
        r"[\u202a-\u202e\u2066-\u2069\ufffd\s]", "", expected
    )


@pytest.mark.parametrize("text", ["@everyone", "see #12", "GH-12", "http://example.com", "WWW.example.com", "mail@example.com"])
def test_nobody_is_called_and_nothing_is_linked(text: str) -> None:
    assert re.search(r"@\w|#\d|GH-\d|://|www\.", html.unescape(plain(text)), re.IGNORECASE) is None
    assert plain(text).replace("&#8203;", "") == text
