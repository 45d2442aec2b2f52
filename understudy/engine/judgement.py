"""What the policy packs said in a run of the real engine, from its events and from the accounts of the packs."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from policies.engine.account import Diagnostic
from understudy.engine.account import Account
from understudy.engine.events import Event, of_kind
from understudy.engine.resources import root_urn
from understudy.preview.packs import Violation, plainly_said
from understudy.preview.rendering import RenderedResource

_COLOUR = re.compile(r"<\{%[^%]*%\}>")
_SUMMARIES = ("policyAnalyzeSummaryEvent", "policyAnalyzeStackSummaryEvent", "policyRemediateSummaryEvent")


def violations(events: Iterable[Event]) -> list[Violation]:
    """Everything that packs said, sorted; the same as the embedded preview's, of which an advisory may be a doubt."""
    return sorted({Violation(pack, *_fields(diagnostic)) for pack, diagnostic in _said(events)})


def findings(
    events: Iterable[Event], accounts: Mapping[str, Account], resources: Mapping[str, RenderedResource]
) -> list[Violation]:
    """The same by the findings behind the words, where a pack keeps an account. What is about no resource is about the stack."""
    root = root_urn(resources)
    found: set[Violation] = set()
    for pack, diagnostic in _said(events):
        told = accounts[pack].told if pack in accounts else {}
        statements = next(
            (told[key] for urn in (diagnostic.urn, "") if (key := (diagnostic.policy, urn, diagnostic.message.strip())) in told),
            [plainly_said(pack, diagnostic)],
        )
        found |= {each if each.urn in resources else replace(each, urn=root) for each in statements}
    return sorted(found)


def packs(events: Iterable[Event]) -> list[tuple[str, int]]:
    """The packs that ran, and how many policies of each were carried out on something."""
    carried_out: dict[str, set[str]] = {}
    for kind in _SUMMARIES:
        for summary in of_kind(events, kind):
            names = [*summary.get("passed", ()), *summary.get("failed", ())]
            carried_out.setdefault(summary["policyPackName"], set()).update(names)
    return sorted((name, len(policies)) for name, policies in carried_out.items())


def unjudged(asked: Sequence[str], events: Sequence[Event], accounts: Mapping[str, Account]) -> list[str]:
    """Why a run proves nothing: no pack ran, or one that was asked for, or that ran, judged nothing."""
    ran = {key.partition("|")[0]: key.partition("|")[2] for each in of_kind(events, "summaryEvent") for key in _names(each)}
    judged = {name for name, _ in packs(events)} | {name for name, account in accounts.items() if account.relations}
    if not ran and not judged:
        return ["no policy pack ran"]
    reasons = [f"policy pack {name} judged nothing" for name in sorted(set(ran) - judged)]
    missing = len(asked) - len(ran | dict.fromkeys(judged, ""))
    return [*reasons, *([f"{missing} of the policy packs that were asked for did not run"] if missing > 0 else [])]


def errors(events: Iterable[Event]) -> list[tuple[str, str]]:
    """What the engine called an error: the resource's URN, empty where it names none, and the message."""
    return [
        (said.get("urn") or "", _without_colours(said["message"]).strip())
        for said in of_kind(events, "diagnosticEvent")
        if said["severity"] == "error"
    ]


def operations(events: Iterable[Event]) -> dict[str, int]:
    """How many steps of each kind the run's summary counts; none where it came to no summary."""
    summary: Mapping[str, Any] = next(of_kind(events, "summaryEvent"), {})
    return dict(sorted((summary.get("resourceChanges") or {}).items()))


def _without_colours(text: str) -> str:
    """A text of the engine without its marks of colour."""
    return _COLOUR.sub("", text)


def _names(summary: Mapping[str, Any]) -> Iterable[str]:
    return summary.get("PolicyPacks") or ()


def _said(events: Iterable[Event]) -> Iterator[tuple[str, Diagnostic]]:
    for said in of_kind(events, "policyEvent"):
        message = _without_colours(said["message"]).rstrip("\n")
        yield (
            said["policyPackName"],
            Diagnostic(
                policy=said["policyName"],
                urn=said.get("resourceUrn", ""),
                message=message,
                description=message.partition("\n")[0],
                level=said["enforcementLevel"],
                severity=said.get("severity", ""),
            ),
        )


def _fields(diagnostic: Diagnostic) -> tuple[str, str, str, str, str]:
    return diagnostic.policy, diagnostic.urn, diagnostic.message, diagnostic.level, diagnostic.severity
