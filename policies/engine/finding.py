"""What a rule found, in words that never hold a property's value."""

from __future__ import annotations

from dataclasses import dataclass

from policies.engine.verdict import Verdict


@dataclass(frozen=True)
class Judgement:
    """One statement of a check about one property. The message is the rule's own text: no value is put into it."""

    verdict: Verdict
    path: str
    message: str


@dataclass(frozen=True, order=True)
class Finding:
    """A judgement with its rule and its resource. Sorted by resource, rule and property."""

    urn: str
    rule: str
    path: str
    verdict: Verdict
    message: str
    fix: str

    @property
    def text(self) -> str:
        """The finding as one line: where, what, and what to do."""
        where = f"{self.path}: " if self.path else ""
        if self.verdict is Verdict.INCONCLUSIVE:
            return f"{where}cannot tell yet: {self.message}"
        if self.verdict is Verdict.ERROR:
            return f"{where}could not be judged, and so fails: {self.message}"
        return f"{where}{self.message}{'' if self.message.endswith('?') else '.'} Fix: {self.fix}"
