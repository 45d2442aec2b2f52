"""The account of a pack at work: what it told and examined, call by call, in a file for whoever started the engine.

A pack that the engine serves is a process of its own, and the policy SDK carries texts alone. `understudy check` names a folder
in the environment, and reads there what stands behind the texts: findings, verdicts, and what depends on what.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from policies.engine.session import Coverage, Session, Told

VARIABLE = "UNDERSTUDY_ACCOUNT"
"""The environment variable that names the folder."""


@dataclass(frozen=True)
class Diagnostic:
    """What the policy SDK carries of something that a policy said."""

    policy: str
    urn: str
    message: str
    description: str
    level: str
    severity: str


def statements(diagnostics: Sequence[Diagnostic], told: Sequence[Told]) -> Iterator[tuple[Diagnostic, dict[str, Any]]]:
    """Everything told, with its carrier: a policy has a diagnostic for each violation, and a last one for all its doubts."""
    carried: dict[str, list[Diagnostic]] = {}
    for diagnostic in diagnostics:
        carried.setdefault(diagnostic.policy, []).append(diagnostic)
    taken: dict[str, int] = {}
    for each in told:
        own = carried.get(each.policy, [])
        position = taken.get(each.policy, 0)
        taken[each.policy] = position + 1
        if own:
            diagnostic = own[min(position, len(own) - 1)]
            yield diagnostic, _statement(diagnostic, each)


def _statement(diagnostic: Diagnostic, told: Told) -> dict[str, Any]:
    rule = told.rule
    description = diagnostic.description if rule is None else f"{rule.title}."
    return {
        "policy": diagnostic.policy if rule is None else rule.id,
        "urn": told.finding.urn or diagnostic.urn,
        "message": f"{description}\n{told.finding.text}",
        "level": "advisory" if told.is_doubt else diagnostic.level,
        "severity": diagnostic.severity if rule is None else rule.severity.word,
        "property": told.finding.path,
        "inconclusive": told.finding.verdict.word == "inconclusive",
        "rule_level": "mandatory" if told.blocks else "advisory",
    }


@dataclass
class Account:
    """A pack's file, a JSON object a line: first what the pack is, then each call."""

    pack: str
    policies: int
    session: Any
    """A Session, or a CheckSession of a pack of checks."""
    folder: Path

    @cached_property
    def _file(self) -> Path:
        """The file, begun when there is something to tell: what the pack is configured with is known by then."""
        file = self.folder / f"{time.time_ns()}-{os.getpid()}-{self.pack}.jsonl"
        head = {"pack": self.pack, "policies": self.policies, "rules": self._rules()}
        file.write_text(_line(head), encoding="utf-8")
        return file

    def note(self, urn: str, diagnostics: Sequence[Diagnostic], relations: Iterable[Mapping[str, Any]] = ()) -> None:
        """Write down a call that has been answered: about one resource, or, without a URN, about the stack."""
        relations = list(relations)
        if not (self.session.told or relations or any(map(_is_used, self.session.coverage.values()))):
            return
        line = _line(
            {
                "urn": urn,
                "told": [
                    {"policy": carrier.policy, "urn": carrier.urn, "message": carrier.message, "statement": statement}
                    for carrier, statement in statements(diagnostics, self.session.told)
                ],
                "examined": [
                    {"rule": id_, **_examined(entry)} for id_, entry in self.session.coverage.items() if _is_used(entry)
                ],
                "relations": relations,
                "sections": self.session.sections(),
            }
        )
        with self._file.open("a", encoding="utf-8") as file:
            file.write(line)

    def _rules(self) -> list[dict[str, str]]:
        if not isinstance(self.session, Session):
            return []
        level = self.session.configuration.level
        return [{"rule": rule.id, "severity": rule.severity.word, "level": level(rule)} for rule in self.session.rules]


def _line(content: Mapping[str, Any]) -> str:
    return json.dumps(content, ensure_ascii=False) + "\n"


def _is_used(entry: Coverage) -> bool:
    return bool(entry.judged or entry.exempted or entry.properties)


def _examined(entry: Coverage) -> dict[str, Any]:
    return {
        "judged": {urn: verdict.word for urn, verdict in entry.judged.items()},
        "exempted": {
            urn: {"reason": exemption.reason, "owner": exemption.owner, "expires": str(exemption.expires)}
            for urn, exemption in entry.exempted.items()
        },
        "properties": entry.properties,
    }


def account_of(pack: str, policies: int, session: Any) -> Account | None:
    """The account that somebody asked for by the environment variable; None where nobody did."""
    folder = os.environ.get(VARIABLE)
    return Account(pack, policies, session, Path(folder)) if folder else None
