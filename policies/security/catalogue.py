"""Writes the rules' documentation. `python -m policies.security.catalogue docs/policies/security.md`."""

from __future__ import annotations

import sys
from collections import Counter
from pathlib import Path

from policies.engine.rule import Rule, Severity
from policies.security.pack import AREAS, NAME, RULES

_HEAD = f"""# The security pack

Generated from the rules in `policies/security/` by `python -m policies.security.catalogue docs/policies/security.md`.

The pack `{NAME}` runs by `pulumi preview --policy-pack policies/security` and inside `understudy preview`.
A rule says *pass*, *not applicable*, *cannot tell yet*, *fail* or *error*. Rules of severity critical and high stop an
update, the others advise. What a preview does not know is told as an advisory, property by property; with `strict: true` in a
rule's configuration it is a violation. A rule that crashes fails the resource that it crashed on.

Rules on one resource are policies of their own name, and stop that resource itself. Relations need the whole stack: they are
two policies, `{NAME}-relations` (mandatory) and `{NAME}-relations-advisory`, whose configuration takes `strict` and
`disabled`, a list of rule IDs.
"""


def catalogue() -> str:
    """The whole page."""
    counts = Counter(rule.severity for rule in RULES)
    summary = ", ".join(f"{counts[severity]} {severity.word}" for severity in sorted(Severity, reverse=True))
    related = sum(rule.relation is not None for rule in RULES)
    parts = [_HEAD, f"{len(RULES)} rules: {summary}; {related} of them are relations.\n"]
    for area, rules in AREAS:
        parts.append(f"## {area}\n")
        parts.extend(_entry(rule) for rule in rules)
    return "\n".join(parts)


def _entry(rule: Rule) -> str:
    level = "mandatory" if rule.blocks else "advisory"
    kind = "a relation" if rule.relation is not None else "one resource"
    lines = [
        f"### {rule.id}: {rule.title}\n",
        f"{rule.rationale}\n",
        f"- Severity: {rule.severity.word}, {level}; judges {kind}",
        f"- Resources: {', '.join(f'`{token}`' for token in rule.types)}",
        f"- Reads: `{rule.reads}`",
        f"- Fix: {rule.fix}",
    ]
    if rule.controls:
        lines.append(f"- Controls: {'; '.join(control.text for control in rule.controls)}")
    if rule.equivalents:
        lines.append(f"- Equivalents: {', '.join(rule.equivalents)}")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(catalogue(), encoding="utf-8")
