"""What a rule can say, in one order: of several verdicts the worst stands."""

from __future__ import annotations

from collections.abc import Iterable
from enum import IntEnum


class Verdict(IntEnum):
    """From nothing to say to the worst. Only PASS is a pass: neither silence nor doubt is one."""

    NOT_APPLICABLE = 0
    """There was nothing to judge."""
    PASS = 1
    INCONCLUSIVE = 2
    """Something that decides is not known yet, or cannot be seen."""
    FAIL = 3
    ERROR = 4
    """The rule itself could not be carried out. Fails closed."""

    @property
    def word(self) -> str:
        """The verdict as it is written in reports."""
        return self.name.lower().replace("_", " ")


def worst(verdicts: Iterable[Verdict]) -> Verdict:
    """The worst of them; NOT_APPLICABLE of none, so that judging nothing is never a pass."""
    return max(verdicts, default=Verdict.NOT_APPLICABLE)
