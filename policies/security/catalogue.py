"""Writes the rules' documentation, and beside it the schema of the pack's configuration, both made of the rules.

`python -m policies.security.catalogue docs/policies/security.md`
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from pathlib import Path

from policies.engine.config_schema import config_schema
from policies.engine.node import Parameter
from policies.engine.rule import Rule, Severity
from policies.security.pack import AREAS, NAME, RULES

_HEAD = f"""# The security pack

Generated from the rules in `policies/security/` by `python -m policies.security.catalogue docs/policies/security.md`.

The pack `{NAME}` runs by `pulumi preview --policy-pack policies/security` and inside `understudy preview`.
A rule says *pass*, *not applicable*, *cannot tell yet*, *fail* or *error*. Rules of severity critical and high stop an
update, the others advise. What a preview does not know is told as an advisory, property by property. A rule that crashes fails
the resource that it crashed on.

## Configuration

The pack is configured as any policy pack, by `--policy-pack-config FILE`; its schema is
[security.config.schema.json](security.config.schema.json). A name, a property or an exemption that cannot be is refused, by
`understudy preview` and by the pack itself under the engine, which would overlook it.

```yaml
RDS-04: {{minDays: 14}}                  # a parameter; the rule keeps its level
S3-07: advisory                        # a level: mandatory, advisory, remediate or disabled
{NAME}:                    # what holds for all rules
  strict: true                         # what cannot be told yet is a violation, of each rule's own level
  exemptions:
    - rule: EKS-01
      resource: shop-cluster           # its name in the program, or its URN
      reason: The runner has no fixed address until the network is moved.
      owner: platform
      expires: "2027-03-31"            # the last day on which it holds
      stack: staging                   # every stack where left out
```

An exemption needs all of its words. One that has expired, that names no resource, or whose resource keeps the rule is a mandatory
violation itself; `date` sets the day by which expiry is judged. Reports list what is exempted, why, by whom and until when.

A rule on one resource is a policy of its own name, and stops that resource itself. A relation needs the whole stack: it is
configured under its own name, too, and carried out by `{NAME}-relations` if it is mandatory, else by
`{NAME}-relations-advisory`.

Rules with a remedy set the property themselves where their level is `remediate`, which is none's default. A remedy touches
nothing that is not known yet, and keeps secret what is.
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
    if rule.parameters:
        lines.append(f"- Parameters: {'; '.join(_parameter(parameter) for parameter in rule.parameters)}")
    if rule.remedies:
        lines.append(f"- Remedy: {', '.join(dict.fromkeys(f'`{r.path}` = `{json.dumps(r.value)}`' for r in rule.remedies))}")
    if rule.controls:
        lines.append(f"- Controls: {'; '.join(control.text for control in rule.controls)}")
    if rule.equivalents:
        lines.append(f"- Equivalents: {', '.join(rule.equivalents)}")
    return "\n".join(lines) + "\n"


def _parameter(parameter: Parameter) -> str:
    return f"`{parameter.name}` (default `{json.dumps(parameter.default)}`): {parameter.description.rstrip('.')}"


def schema() -> str:
    """The schema of the pack's configuration, as text."""
    return json.dumps(config_schema(NAME, RULES), indent=2, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    page = Path(sys.argv[1])
    page.write_text(catalogue(), encoding="utf-8")
    page.with_suffix(".config.schema.json").write_text(schema(), encoding="utf-8")
