"""JUnit's XML: a suite for each stack and pack, a case for each rule without findings, and for each finding.

A mandatory finding is a failure, and a run of the real engine that proves nothing an error. What cannot be told, and a rule that
examined nothing, is skipped. Advice stands in the output of a case that passes.
Source: the schema that Jenkins publishes for its JUnit plugin.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any
from xml.etree import ElementTree as ET

from understudy.report.engine import reasons, summary
from understudy.report.words import description, place, said, shown, source

_OUTSIDE_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def render_junit(document: Mapping[str, Any]) -> str:
    """Render a report document as JUnit's XML. Nothing in it depends on the run: there are no times and no host."""
    root = ET.Element("testsuites", name=_text(document["project"]))
    for stack, content in document["stacks"].items():
        packs = {pack["name"] for pack in document["packs"]} | {policy["pack"] for policy in content["policies"]}
        for pack in sorted(packs):
            _suite(root, f"{stack}: {pack}", _cases(stack, pack, content))
    if document.get("engine") is not None:
        _suite(root, "engine", [_engine(document)])
    for attribute in ("tests", "failures", "errors"):
        root.set(attribute, str(sum(int(suite.get(attribute, "0")) for suite in root)))
    ET.indent(root)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ET.tostring(root, encoding="unicode") + "\n"


def _suite(root: ET.Element, name: str, cases: Iterable[ET.Element]) -> None:
    suite = ET.SubElement(root, "testsuite", name=_text(name))
    for case in cases:
        suite.append(case)
    suite.set("tests", str(len(suite)))
    for attribute, element in (("failures", "failure"), ("errors", "error"), ("skipped", "skipped")):
        suite.set(attribute, str(len(suite.findall(f"testcase/{element}"))))


def _engine(document: Mapping[str, Any]) -> ET.Element:
    case = ET.Element("testcase", name=_text(summary(document)), classname="engine")
    why = "\n".join(reasons(document))
    if why or document["engine"]["result"] != "succeeded":
        ET.SubElement(case, "error", message=_text(summary(document)), type=_text(document["verdict"])).text = _text(why)
    return case


def _cases(stack: str, pack: str, content: Mapping[str, Any]) -> Iterator[ET.Element]:
    findings = [policy for policy in content["policies"] if policy["pack"] == pack]
    broken = {policy["policy"] for policy in findings}
    for rule in content["rules"]:
        if rule["pack"] == pack and rule["rule"] not in broken:
            case = _case(stack, pack, rule["rule"])
            if rule["level"] == "disabled":
                ET.SubElement(case, "skipped", message="disabled by the pack's configuration")
            elif rule["verdict"] == "not applicable":
                ET.SubElement(case, "skipped", message="examined nothing")
            for one in rule["exempted"]:
                _output(case, f"exempted: {place(one)}: {one['reason']} ({one['owner']}, until {one['expires']})")
            yield case
    for policy in findings:
        yield _finding(stack, pack, policy)
    if not findings and not any(rule["pack"] == pack for rule in content["rules"]):
        yield _case(stack, pack, "no finding")


def _finding(stack: str, pack: str, policy: Mapping[str, Any]) -> ET.Element:
    where = place(policy) + (f": {policy['property']}" if policy["property"] else "")
    case = _case(stack, pack, f"{policy['policy']}: {where}")
    at = policy.get("source")
    if at:
        case.set("file", _text(at["file"]))
        case.set("line", str(at["line"]))
    text = "\n".join(line for line in (description(policy), said(policy), policy["urn"], source(policy)) if line)
    if policy["inconclusive"]:
        ET.SubElement(case, "skipped", message=_text(said(policy)))
    elif policy["level"] == "mandatory":
        failure = ET.SubElement(case, "failure", message=_text(said(policy)), type=_text(policy["severity"] or "mandatory"))
        failure.text = _text(text)
    else:
        _output(case, f"{policy['level']}: {text}")
    return case


def _case(stack: str, pack: str, name: str) -> ET.Element:
    return ET.Element("testcase", name=_text(name), classname=_text(f"{pack}.{stack}"))


def _output(case: ET.Element, text: str) -> None:
    element = case.find("system-out")
    if element is None:
        element = ET.SubElement(case, "system-out")
    element.text = f"{element.text}\n{_text(text)}" if element.text else _text(text)


def _text(text: str) -> str:
    """A text without what XML cannot hold, and without what a terminal obeys; its lines stay."""
    lines = (shown(line) for line in text.split("\n"))
    return _OUTSIDE_XML.sub("\N{REPLACEMENT CHARACTER}", "\n".join(lines))
