"""SARIF 2.1.0: how a log is put together, and a report document as one. Source: OASIS SARIF 2.1.0 with errata 01.

A finding stands at the line of the configuration or the program that it comes from. What is exempted, and each difference that a
deviation excuses, is a result that is suppressed, with the reason that was given.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from importlib.metadata import version
from typing import Any
from urllib.parse import quote

from understudy.catalogue import KnownRule, known_rules
from understudy.report.engine import reasons
from understudy.report.words import description, place, said, shown

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
ROOT = "%SRCROOT%"
"""The base of all files: the folder in which the command ran, which code review takes for the repository's root."""
_DEVIATION = "PAR-09"
_RANKS = {"critical": "9.5", "high": "8.0", "medium": "5.5", "low": "3.0"}
"""Severities on the scale of CVSS, as GitHub's code scanning orders them."""


def log(*, automation: str, rules: Sequence[Mapping[str, Any]], results: Iterable[Mapping[str, Any]], **more: object) -> str:
    """A SARIF log of one run. `automation` tells runs of the same kind apart; `more` are further properties of the run."""
    position = {rule["id"]: index for index, rule in enumerate(rules)}
    run = {
        "tool": {"driver": {"name": "understudy", "version": version("understudy"), "rules": list(rules)}},
        **more,
        "automationDetails": {"id": automation},
        "columnKind": "unicodeCodePoints",
        "results": [{"ruleId": result["ruleId"], "ruleIndex": position[result["ruleId"]]} | {**result} for result in results],
    }
    return json.dumps({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}, indent=2, ensure_ascii=False) + "\n"


def result(
    rule: str, kind: str, level: str, message: str, *, urn: str | None, source: Mapping[str, Any] | None = None, part: str = ""
) -> dict[str, Any]:
    """One result: what is said, where in the files, and of which resource. `part` is the property that it is about.

    Its fingerprint is made of what it is about and what it says, so that it stays the same while lines move.
    """
    location: dict[str, Any] = {}
    if source is not None:
        location["physicalLocation"] = {
            "artifactLocation": {"uri": quote(source["file"]), "uriBaseId": ROOT},
            "region": {"startLine": source["line"]},
        }
    if urn is not None:
        location["logicalLocations"] = [{"fullyQualifiedName": shown(urn), "kind": "resource"}]
    found: dict[str, Any] = {"ruleId": rule, "kind": kind, "level": level, "message": {"text": shown(message)}}
    fingerprint = hashlib.sha256("\0".join((rule, urn or "", part, message)).encode("utf-8", "replace")).hexdigest()[:32]
    return found | ({"locations": [location]} if location else {}) | {"partialFingerprints": {"understudy/v1": fingerprint}}


def suppressed(found: Mapping[str, Any], reason: str, owner: str, expires: str) -> dict[str, Any]:
    """A result that somebody accepted, outside of what it is about, for a reason and until a day."""
    justification = shown(f"{reason.rstrip('.')} ({owner}, until {expires})")
    return {**found, "suppressions": [{"kind": "external", "status": "accepted", "justification": justification}]}


def render_sarif(document: Mapping[str, Any]) -> str:
    """Render a report document as SARIF."""
    results = [*_findings(document), *_exempted(document), *_deviations(document)]
    ids = sorted({found["ruleId"] for found in results})
    titles = {policy["policy"]: description(policy) for content in document["stacks"].values() for policy in content["policies"]}
    return log(
        automation=f"understudy/{document['project']}/preview/",
        rules=[_rule(id_, titles.get(id_, "")) for id_ in ids],
        results=results,
        **_invocation(document),
    )


def _invocation(document: Mapping[str, Any]) -> dict[str, Any]:
    """How the real engine's run ended, and why it is no proof where it is none; nothing of an embedded preview."""
    engine = document.get("engine")
    if engine is None:
        return {}
    told = [{"level": "error", "message": {"text": shown(reason)}} for reason in reasons(document)]
    succeeded = engine["result"] == "succeeded"
    return {"invocations": [{"executionSuccessful": succeeded, "toolExecutionNotifications": told}]}


def _rule(id_: str, title: str) -> dict[str, Any]:
    known = known_rules().get(id_)
    if known is None:
        return {"id": id_, "shortDescription": {"text": shown(title or id_)}}
    return {
        "id": id_,
        "shortDescription": {"text": known.title},
        "fullDescription": {"text": known.rationale},
        "help": {"text": f"Fix: {known.fix}"},
        "defaultConfiguration": {"level": "error" if known.is_mandatory else "warning"},
        "properties": {"tags": _tags(known), "security-severity": _RANKS[known.severity]},
    }


def _tags(rule: KnownRule) -> list[str]:
    return [rule.pack.removeprefix("understudy-"), rule.severity]


def _findings(document: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    for stack, content in document["stacks"].items():
        for policy in content["policies"]:
            kind, level = ("open", "none") if policy["inconclusive"] else ("fail", _level(policy["level"]))
            message = f"{stack}: {place(policy)}: {said(policy)}"
            yield result(
                policy["policy"],
                kind,
                level,
                message,
                urn=policy["urn"],
                source=policy.get("source"),
                part=policy["property"] or "",
            )


def _level(level: str) -> str:
    return "error" if level == "mandatory" else "warning"


def _exempted(document: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    for stack, content in document["stacks"].items():
        for rule in content["rules"]:
            for one in rule["exempted"]:
                message = f"{stack}: {place(one)}: is exempted from {rule['rule']}"
                found = result(rule["rule"], "fail", _level(rule["level"]), message, urn=one["urn"], source=one.get("source"))
                yield suppressed(found, one["reason"], one["owner"], one["expires"])


def _deviations(document: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    for stack, section in document.get("parity", {}).items():
        for declared in section["deviations"]:
            target = declared.get("path") or f"{declared['resource']}: {declared['property']}"
            message = f"{stack}: {target}: differs from production by a declared deviation"
            found = result(_DEVIATION, "fail", "warning", message, urn=None, source=declared.get("source"))
            yield suppressed(found, declared["reason"], declared["owner"], declared["expires"])
