"""What a check found: a status, a sentence, and the places; never a value."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

Status = Literal["pass", "fail", "not applicable"]
SHOWN = 20


@dataclass(frozen=True)
class Check:
    """One check's outcome."""

    name: str
    status: Status
    summary: str
    findings: tuple[str, ...] = ()
    """Places at which it failed."""
    figures: dict[str, Any] = field(default_factory=dict)
    """What was measured."""

    def document(self) -> dict[str, Any]:
        """The outcome as JSON-ready data."""
        shown = list(self.findings[:SHOWN])
        if len(self.findings) > SHOWN:
            shown.append(f"and {len(self.findings) - SHOWN} more")
        return {"check": self.name, "status": self.status, "summary": self.summary, "findings": shown, "figures": self.figures}


def judged(name: str, findings: list[str], good: str, bad: str, **figures: Any) -> Check:
    """A check that passes where nothing was found."""
    return Check(name, "fail" if findings else "pass", bad if findings else good, tuple(findings), figures)
