"""Writes the rules' documentation. `python -m policies.parity.rule_pages docs/policies/parity.md`."""

from __future__ import annotations

import sys
from pathlib import Path

from model.identity_properties import EVERY_AWS_TYPE, IDENTITY_PROPERTIES
from policies.parity.pack import NAME
from policies.parity.rules import RULES

_HEAD = f"""# The parity pack

Generated from `policies/parity/rules.py` by `python -m policies.parity.rule_pages docs/policies/parity.md`.

The pack `{NAME}` runs by `pulumi preview --policy-pack policies/parity` and inside `understudy preview`. What it compares with
what, and how to declare an exception, is told in [Parity](../parity.md). Its rules are two policies over the whole stack:
`{NAME}` (mandatory) and `{NAME}-advisory`. Where a value cannot be known before an update, and not even its source is known, the
first one advises; with `strict: true` in its configuration that is a violation.
"""
_IDENTITY = """## Properties that carry an identity

In these, and in no others, staging's own identity may stand where production's stands. They are listed in
`model/identity_properties.py`. `*` is any name, `[*]` any item of a list, `**` anything further in.
"""


def page() -> str:
    """The whole page."""
    parts = [_HEAD]
    for rule in RULES:
        level = "mandatory" if rule.is_mandatory else "advisory"
        parts += [
            f"## {rule.id}: {rule.title}\n",
            f"{rule.rationale}\n",
            f"- Severity: {rule.severity.word}, {level}",
            f"- Fix: {rule.fix}\n",
        ]
    parts += [_IDENTITY, "| type | properties |", "| --- | --- |"]
    entries = {"every type of AWS": EVERY_AWS_TYPE, **{f"`{name}`": paths for name, paths in sorted(IDENTITY_PROPERTIES.items())}}
    parts += [f"| {name} | {', '.join(f'`{path}`' for path in paths)} |" for name, paths in entries.items()]
    return "\n".join(parts) + "\n"


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(page(), encoding="utf-8")
