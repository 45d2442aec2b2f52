"""A compliance document as SARIF 2.1.0: the framework is a taxonomy, and each result names the controls that it is about."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from understudy.compliance.text import told
from understudy.report.sarif import log, result, suppressed

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
    return log(
        automation=f"understudy/{document['project']}/{framework['id']}/",
        rules=[_rule(rule, document) for rule in document["rules"]],
        results=[found for rule in document["rules"] for one in rule["resources"] for found in _results(rule, one)],
        taxonomies=[{**taxonomy, "version": framework["version"]} if framework["version"] else taxonomy],
    )


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
    said = list(told(resource)) or ["keeps the rule"]
    sources = [finding.get("source") for finding in resource["findings"]] or [None] * len(said)
    for text, source in zip(said, sources, strict=False):
        message = f"{resource['stack']}: {resource['name']}: {text}"
        found = result(rule["id"], kind, level, message, urn=resource["urn"], source=source)
        exemption = resource["exemption"]
        yield found if exemption is None else suppressed(found, exemption["reason"], exemption["owner"], exemption["expires"])
