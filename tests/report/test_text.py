"""The report for a terminal: what is wrong first, whole at every width, coloured only where asked, to the byte as it was."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.cells import cell_len

from tests.report.documents import SLY, changed, clean, report
from understudy.report.text import Detail, render_text
from understudy.report.words import more_properties

GOLDEN = Path(__file__).parent / "golden"
ESCAPES = re.compile("\x1b\\[[0-9;]*m")


@pytest.mark.parametrize("width", [80, 100])
@pytest.mark.parametrize("detail", Detail)
def test_the_text_is_as_it_was(width: int, detail: Detail) -> None:
    golden = GOLDEN / f"report-{detail.name.lower()}-{width}.txt"

    assert render_text(report(), width=width, detail=detail) == golden.read_text(encoding="utf-8")


@pytest.mark.parametrize("width", [80, 100])
@pytest.mark.parametrize("detail", Detail)
def test_the_text_of_a_change_is_as_it_was(width: int, detail: Detail) -> None:
    golden = GOLDEN / f"change-{detail.name.lower()}-{width}.txt"

    assert render_text(changed(), width=width, detail=detail) == golden.read_text(encoding="utf-8")


def test_what_changes_follows_what_is_wrong() -> None:
    lines = render_text(changed()).splitlines()

    wrong, changes, advice = (
        next(index for index, line in enumerate(lines) if line.startswith(title))
        for title in ("WHAT IS WRONG", "WHAT CHANGES", "ADVICE")
    )
    assert wrong < changes < advice


@pytest.mark.parametrize("width", [80, 100, 120])
@pytest.mark.parametrize("detail", Detail)
def test_no_line_is_longer_than_the_width(width: int, detail: Detail) -> None:
    assert max(map(len, render_text(report(), width=width, detail=detail).splitlines())) <= width


@pytest.mark.parametrize("width", [80, 100])
def test_nothing_is_cut_at_any_width(width: int) -> None:
    words = re.sub(r"\s", "", render_text(report(), width=width, detail=Detail.VERBOSE))

    for line in report()["ledger"]:
        assert line["path"].replace(".", "") in words.replace(".", "")
    assert "…" not in words
    assert "understudy-security/S3-01" in words


def test_what_is_wrong_comes_first_and_alone_when_quiet() -> None:
    lines = render_text(report(), detail=Detail.QUIET).splitlines()

    assert lines[0] == "shop: VIOLATION  1 mandatory, 2 advisory"
    assert "WHAT IS WRONG  1" in lines
    assert not [line for line in lines if line.startswith(("ADVICE", "PARITY", "COMPONENTS", "COST"))]


def test_nothing_wrong_is_said_so() -> None:
    assert "WHAT IS WRONG\n  nothing\n" in render_text(clean(), detail=Detail.QUIET)


def test_a_finding_names_its_rule_its_place_and_the_line_that_it_comes_from() -> None:
    text = render_text(report(), detail=Detail.QUIET)

    for said in (
        "✗ understudy-security/S3-01  high",
        "No bucket is public.",
        "staging: shop-logs-bucket: bucket",
        "Pulumi.yaml:12",
    ):
        assert said in text


def test_colour_is_only_added() -> None:
    coloured, plain = render_text(report(), colour=True), render_text(report())

    assert "\x1b[" in coloured
    assert "\x1b" not in plain
    assert [line.rstrip() for line in ESCAPES.sub("", coloured).splitlines()] == plain.splitlines()


def test_no_character_of_the_report_is_obeyed_by_a_terminal() -> None:
    text = ESCAPES.sub("", render_text(report(), colour=True, width=120))

    assert "\x1b" in SLY
    assert "\x1b" not in text
    assert "<b>open</b> | to @everyone\N{REPLACEMENT CHARACTER}[2J" in text


@pytest.mark.parametrize(
    "row",
    [
        "orders (Rds) ≠ 3 resources 2 resources",
        "USD a month 2,000.00 500.00",
        "instance_class db.r7g.16xlarge db.r7g.4xlarge × 0.25, a real size of db.r7g",
        "max_unavailable 2 1 × 0.25 = 0.5, rounded up",
        "replicas 8 2 × 0.25",
    ],
)
def test_the_tree_shows_staging_beside_production_and_why(row: str) -> None:
    assert row in [" ".join(line.split()) for line in render_text(report()).splitlines()]


@pytest.mark.parametrize("width", [80, 100, 120])
@pytest.mark.parametrize("count", [1, 2, 7])
def test_no_figure_is_cut_however_many_stacks_there_are(width: int, count: int) -> None:
    document = report()
    names = ["staging", *(f"{'x' * 14}{number}" for number in range(1, count))]
    document["stacks"] |= dict.fromkeys(names, document["stacks"]["staging"])
    document["ledger"] += [{**line, "stack": name} for name in names[1:] for line in document["ledger"]]
    for component in document["components"]:
        for part in ("resources", "monthly", "explained", "findings"):
            component[part] |= {name: component[part]["staging"] for name in names if "staging" in component[part]}

    text = render_text(document, width=width)

    assert all(name in text for name in names)
    assert re.findall(r"db\.\w*\.?\w*", text.replace("size of db.r7g", "")).count("db.r7g.4xlarge") == count
    assert max(map(len, text.splitlines())) <= width


def test_a_long_path_is_broken_between_its_words() -> None:
    document = report()
    path = f"{'memory_threshold_in_bytes.' * 3}end"
    line = document["ledger"][0]
    home = next(each for each in document["components"] if line["path"] in each["figures"])
    home["figures"], line["path"] = [path if each == line["path"] else each for each in home["figures"]], path

    first = [told[:33].strip() for told in render_text(document).splitlines()]

    assert "memory_threshold_in_bytes." in first


def test_one_that_is_left_out_is_counted_as_one() -> None:
    assert (more_properties(1), more_properties(2)) == ("and 1 more property", "and 2 more properties")


def test_components_that_differ_in_identity_alone_are_named_and_shown_when_verbose() -> None:
    document = report()
    logs = next(each for each in document["components"] if each["path"][-1:] == ["logs (LogBucket)"])
    logs["monthly"], logs["findings"] = {}, {}

    assert "1 more differs in nothing but identity: logs (LogBucket)" in render_text(document)
    assert re.search(r"^  logs \(LogBucket\) ", render_text(document, detail=Detail.VERBOSE), re.MULTILINE)


def test_a_report_without_cost_parity_and_ledger_is_whole() -> None:
    document: dict[str, Any] = {**clean(), "cost": {}, "parity": {}, "ledger": [], "represented_load": [], "components": []}

    assert render_text(document).startswith("shop: CLEAN")
    assert "COST" not in render_text(document)


TEXTS = st.text(max_size=200) | st.sampled_from(["x" * 300, "漢字" * 80, "a\nb\r\n\tc\x1b[31m"])


@settings(max_examples=25, deadline=None)
@given(st.lists(TEXTS, min_size=5, max_size=5), st.sampled_from([80, 100]), st.sampled_from(Detail))
def test_whatever_texts_a_report_holds_they_fit_and_command_no_terminal(texts: list[str], width: int, detail: Detail) -> None:
    document = changed()
    document["stacks"]["staging"]["policies"][1]["message"] = texts[0]
    document["ledger"][0]["rule"] = texts[1]
    document["represented_load"][0]["bound_by"] = texts[2]
    document["change"]["stacks"]["staging"]["changed"][0]["name"] = texts[3]
    document["parity"]["staging"]["deviations"][0]["reason"] = texts[4]

    text = render_text(document, width=width, detail=detail)

    assert max(map(cell_len, text.splitlines())) <= width
    assert not set("\x1b\r\t\x07\x9b") & set(text)
