"""A compliance document as SARIF 2.1.0: the framework is a taxonomy, and each result names the controls that it is about."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from understudy.compliance.text import told

SARIF_SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_KINDS = {
    "fail": ("fail", "error"),
    "inconclusive": ("open", "none"),
    "exempted": ("informational", "none"),
    "pass": ("pass", "none"),
}
"""Kind and level of a result, by the status of its resource."""


def render_sarif(document: Mapping[str, Any]) -> str:
    """Render a compliance document as SARIF, with a result for each rule and resource: those that pass as well."""
    framework = document["framework"]
    taxonomy = {"name": framework["name"], "taxa": [{"id": control["id"]} for control in document["controls"]]}
    run = {
        "tool": {"driver": {"name": "understudy", "rules": [_rule(rule, document) for rule in document["rules"]]}},
        "taxonomies": [{**taxonomy, "version": framework["version"]} if framework["version"] else taxonomy],
        "automationDetails": {"id": f"understudy/{document['project']}/{framework['id']}/"},
        "columnKind": "unicodeCodePoints",
        "results": [result for rule in document["rules"] for one in rule["resources"] for result in _results(rule, one)],
    }
    return json.dumps({"$schema": SARIF_SCHEMA, "version": "2.1.0", "runs": [run]}, indent=2, ensure_ascii=False) + "\n"


def _rule(rule: Mapping[str, Any], document: Mapping[str, Any]) -> dict[str, Any]:
    serves = [control["id"] for control in document["controls"] if rule["id"] in control["rules"]]
    name = document["framework"]["name"]
    return {
        "id": rule["id"],
        "shortDescription": {"text": rule["title"]},
        "help": {"text": f"Fix: {rule['fix']}"},
        "relationships": [{"target": {"id": id_, "toolComponent": {"name": name}}, "kinds": ["relevant"]} for id_ in serves],
    }


def _results(rule: Mapping[str, Any], resource: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    kind, level = _KINDS[resource["status"]]
    for text in list(told(resource)) or ["keeps the rule"]:
        yield {
            "ruleId": rule["id"],
            "kind": kind,
            "level": level,
            "message": {"text": f"{resource['stack']}: {resource['name']}: {text}"},
            "locations": [{"logicalLocations": [{"fullyQualifiedName": resource["urn"], "kind": "resource"}]}],
        }
