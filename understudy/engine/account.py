"""What stands behind the packs' words in a run of the real engine, read from the accounts that the packs wrote down."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from policies.engine.account import VARIABLE
from policies.engine.exemption import Exemption
from policies.engine.rule import Severity
from understudy.preview.packs import Examined, Violation

__all__ = ["VARIABLE", "Account", "RuleName", "read_accounts"]
_WORST = ("not applicable", "pass", "inconclusive", "fail", "error")


@dataclass(frozen=True)
class RuleName:
    """As much of a rule as a pack's account tells."""

    id: str
    severity: Severity


@dataclass(frozen=True)
class Account:
    """One pack's run: what it told by the diagnostics that carried it, what it examined, and what depends on what."""

    pack: str
    policies: int
    told: Mapping[tuple[str, str, str], Sequence[Violation]] = field(default_factory=dict)
    """By policy, URN and message of the engine's event."""
    examined: Sequence[Examined] = ()
    relations: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    """By URN: dependencies, aliases and ignored changes."""
    sections: Mapping[str, Any] = field(default_factory=dict)


def read_accounts(folder: Path) -> dict[str, Account]:
    """By name, the account of each pack's last run: an update starts its packs once for the preview and once more for itself."""
    return {account.pack: account for account in map(_read, sorted(folder.glob("*.jsonl")))}


def _read(file: Path) -> Account:
    head, *calls = list(_lines(file))
    last = {call["urn"]: call for call in calls}  # where a resource was judged twice, the later is what came of it
    told: dict[tuple[str, str, str], list[Violation]] = {}
    for call in last.values():
        for entry in call["told"]:
            told.setdefault((entry["policy"], entry["urn"], entry["message"].strip()), []).append(
                Violation(head["pack"], **entry["statement"])
            )
    stack = last.get("", {})
    return Account(
        pack=head["pack"],
        policies=head["policies"],
        told=told,
        examined=[_examined(head["pack"], rule, last.values()) for rule in head["rules"]],
        relations={entry["urn"]: entry for entry in stack.get("relations", ())},
        sections=stack.get("sections", {}),
    )


def _lines(file: Path) -> Iterator[dict[str, Any]]:
    """What was written whole: the engine ends a pack at any time."""
    for line in file.read_text(encoding="utf-8").splitlines(keepends=True):
        if line.endswith("\n"):
            yield json.loads(line)


def _examined(pack: str, rule: Mapping[str, str], calls: Any) -> Examined:
    judged: dict[str, str] = {}
    exempted: dict[str, Exemption] = {}
    properties = 0
    for call in calls:
        for entry in call["examined"]:
            if entry["rule"] == rule["rule"]:
                for urn, verdict in entry["judged"].items():
                    judged[urn] = max(judged.get(urn, verdict), verdict, key=_WORST.index)
                exempted |= {urn: _exemption(rule["rule"], urn, each) for urn, each in entry["exempted"].items()}
                properties += entry["properties"]
    return Examined(
        pack,
        RuleName(rule["rule"], Severity[rule["severity"].upper()]),
        rule["level"],
        max(judged.values(), default="not applicable", key=_WORST.index),
        dict(sorted(judged.items())),
        dict(sorted(exempted.items())),
        properties,
    )


def _exemption(rule: str, urn: str, told: Mapping[str, str]) -> Exemption:
    return Exemption(rule, urn, told["reason"], told["owner"], date.fromisoformat(told["expires"]))
