"""JUnit: well-formed, its numbers true, a failure for every mandatory finding and for nothing else."""

from __future__ import annotations

from typing import Any
from xml.etree import ElementTree as ET

import pytest

from tests.report.documents import clean, report
from understudy.report.junit import render_junit

CHILDREN = {
    "testsuites": {"testsuite"},
    "testsuite": {"testcase"},
    "testcase": {"failure", "error", "skipped", "system-out"},
    "error": set(),
    "failure": set(),
    "skipped": set(),
    "system-out": set(),
}
"""What each element may hold, of those that the schema of Jenkins' JUnit plugin allows."""
REQUIRED = {"testsuite": {"name", "tests", "failures", "errors", "skipped"}, "testcase": {"name", "classname"}}


def parsed(document: dict[str, Any]) -> ET.Element:
    return ET.fromstring(render_junit(document))  # noqa: S314 - it was written here


@pytest.mark.parametrize("document", [report(), clean()], ids=["violation", "clean"])
def test_the_structure_is_junits(document: dict[str, Any]) -> None:
    for element in parsed(document).iter():
        assert {child.tag for child in element} <= CHILDREN[element.tag]
        assert REQUIRED.get(element.tag, set()) <= set(element.keys())


@pytest.mark.parametrize("document", [report(), clean()], ids=["violation", "clean"])
def test_the_numbers_are_those_of_the_cases(document: dict[str, Any]) -> None:
    root = parsed(document)
    for suite in root:
        assert int(suite.get("tests", "")) == len(suite.findall("testcase")) > 0
        assert int(suite.get("failures", "")) == len(suite.findall("testcase/failure"))
        assert int(suite.get("errors", "")) == len(suite.findall("testcase/error"))
        assert int(suite.get("skipped", "")) == len(suite.findall("testcase/skipped"))
    assert root.get("tests") == str(len(root.findall("testsuite/testcase")))


def test_every_mandatory_finding_fails_and_nothing_else() -> None:
    document = report()
    mandatory = [
        policy
        for content in document["stacks"].values()
        for policy in content["policies"]
        if policy["level"] == "mandatory" and not policy["inconclusive"]
    ]

    assert mandatory
    assert len(parsed(document).findall("testsuite/testcase/failure")) == len(mandatory)
    assert parsed(clean()).findall("testsuite/testcase/failure") == []


def test_a_failure_names_the_file_and_line() -> None:
    (case, *_) = [case for case in parsed(report()).iter("testcase") if case.find("failure") is not None and case.get("file")]

    assert int(case.get("line", "")) >= 1


def test_what_xml_cannot_hold_is_replaced() -> None:
    document = report()
    policy = document["stacks"]["staging"]["policies"][0]
    policy["message"] = "Title.\nbell \x07, null \x00, escape \x1b[2J, surrogate \ud800, noncharacter \ufffe"
    said = "".join(parsed(document).itertext()) + "".join(case.get("message", "") for case in parsed(document).iter())

    assert "bell \N{REPLACEMENT CHARACTER}" in said
    assert not set("\x07\x00\x1b\ud800\ufffe") & set(said)


@pytest.mark.parametrize(
    ("engine", "errors"),
    [
        ({"result": "succeeded"}, 0),
        ({"result": "failed"}, 1),
        ({"result": "failed", "errors": [{"urn": None, "message": "no credentials"}]}, 1),
        ({"result": "succeeded", "undecided": ["no pack judged"]}, 1),
    ],
)
def test_a_run_of_the_engine_that_proves_nothing_is_an_error(engine: dict[str, Any], errors: int) -> None:
    run = {"command": "preview", "exit_code": 0, "undecided": [], "operations": {}, "changes": [], "errors": []}
    root = parsed(clean() | {"engine": run | engine})

    assert (root.get("errors"), len(root.findall("testsuite/testcase/error"))) == (str(errors), errors)
