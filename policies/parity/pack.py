"""The parity pack: two policies over the whole stack, one that stops an update and one that advises."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from model.errors import ConfigurationError
from model.stack_configuration import stack_configuration
from policies.engine.finding import Finding
from policies.engine.rule import Severity
from policies.engine.snapshot import Resource, Snapshot
from policies.engine.stack_check import StackCheck
from policies.engine.verdict import Verdict
from policies.parity.assessment import Assessor, ParityAssessment, assess
from policies.parity.counterpart import ROOT
from policies.parity.deployed import read_state
from policies.parity.deviation import expiring
from policies.parity.reference import Given, NoReferenceError, Reference, ask, given, read_file
from policies.parity.rules import BY_ID
from policies.parity.section import NAME as SECTION
from policies.parity.section import parity_section

NAME = "understudy-parity"
PROGRAM = Path(__file__).resolve().parents[2]
"""The program that this pack lies in."""
_OPTIONS: Mapping[str, Mapping[str, Any]] = {
    name: {"type": "string", "default": "", "description": description}
    for name, description in {
        "reference": "File that `understudy reference` wrote; without one, production is rendered from the configuration.",
        "deployed": "File that `pulumi stack export` wrote of production; then what runs is compared as well.",
        "program": "Folder of the program's __main__.py, where it is not this pack's.",
        "date": "The day by which deviations end, as YYYY-MM-DD; by default the day of the run.",
    }.items()
}


_SECTIONS: list[dict[str, Any]] = []
"""The report's section on the stack that was judged last, where it was held against anything."""


def judge(snapshot: Snapshot, config: Mapping[str, Any], configuration: Mapping[str, str]) -> Iterator[Finding]:
    """Everything that stops an update, and what cannot be told."""
    root = _root(snapshot)
    try:
        held = _given(_first(snapshot), config, configuration)
        if held is not None:
            assessment = assessment_of(snapshot, held)
            _SECTIONS[:] = [parity_section(assessment, held.reference.staging_file.deviations, held.today)]
            yield from findings(assessment, root)
    except (NoReferenceError, ConfigurationError) as error:
        yield _no_reference(root, error)


def judge_resource(resource: Resource, config: Mapping[str, Any], configuration: Mapping[str, str]) -> Iterator[Finding]:
    """What stops an update at one resource, without a preview before it. Whether there is a reference is told at the root.

    Without a configuration there is no update: `pulumi policy analyze` gives none, and asks about what is deployed.
    """
    if not configuration:
        return
    try:
        held = _given(resource.urn, {**config, "deployed": ""}, configuration)  # drift is the stack's
    except (NoReferenceError, ConfigurationError) as error:
        if resource.type == ROOT:
            yield _no_reference(resource.urn, error)
        return
    if held is not None:
        assessor = held.reference.index(_filled if held.is_filled else _bare)
        for each in assessor.unexplained(resource, held.today):
            yield Finding(each.urn, each.rule, each.path, Verdict.FAIL, each.message, each.fix)


def _bare(reference: Reference) -> Assessor:
    return Assessor(reference.own, reference)


def _filled(reference: Reference) -> Assessor:
    return Assessor(reference.own, reference, is_filled=True)


def _no_reference(root: str, error: NoReferenceError | ConfigurationError) -> Finding:
    message = str(error)
    if isinstance(error, ConfigurationError):
        message = f"the model is not valid: {'; '.join(map(str, error.problems))}"
    return _finding("PAR-15", root, "", Verdict.ERROR, message)


def advise(snapshot: Snapshot, config: Mapping[str, Any], configuration: Mapping[str, str]) -> Iterator[Finding]:
    """The deviations that end soon."""
    root = _root(snapshot)
    try:
        held = _given(_first(snapshot), config, configuration)
    except (NoReferenceError, ConfigurationError):
        return  # the other policy tells
    if held is not None:
        for path, message in expiring(held.reference.staging_file.deviations, held.today):
            yield _finding("PAR-13", root, path, Verdict.FAIL, message)


def assessment_of(snapshot: Snapshot, held: Given) -> ParityAssessment:
    """The stack, held against what was given."""
    return assess(snapshot, held.reference, held.today, is_filled=held.is_filled, deployed=held.deployed)


def findings(assessment: ParityAssessment, root: str) -> Iterator[Finding]:
    """The assessment's violations and doubts as findings."""
    for each in assessment.violations:
        yield Finding(each.urn, each.rule, each.path, Verdict.FAIL, each.message, each.fix)
    for stated in assessment.stated:
        yield _finding(stated.rule, root, stated.where, Verdict.FAIL, stated.message)
    for unknown in assessment.unknowable:
        yield _finding("PAR-14", unknown.urn, unknown.path, Verdict.INCONCLUSIVE, "neither its value nor its source is known")


def _first(snapshot: Snapshot) -> str:
    if not snapshot.resources:
        raise NoReferenceError("the stack has no resources")
    return snapshot.resources[0].urn


def _given(urn: str, config: Mapping[str, Any], configuration: Mapping[str, str]) -> Given | None:
    """What the stack of a resource is compared with; None for the lead, which is compared with nothing."""
    stack, project = urn.removeprefix("urn:pulumi:").split("::")[:2]
    held = given(project, stack)
    if held is None:
        if config.get("reference"):
            reference = read_file(Path(str(config["reference"])))
        elif not configuration:
            raise NoReferenceError(
                "there is no configuration to render production from; set `reference` in the pack's configuration"
            )
        elif not stack_configuration(project, stack, configuration).own:
            return None
        else:
            reference = ask(project, stack, Path(str(config.get("program") or PROGRAM)), tuple(sorted(configuration.items())))
        held = Given(reference, datetime.now(UTC).date(), is_filled=True)
    deployed = read_state(Path(str(config["deployed"]))) if config.get("deployed") else held.deployed
    today = _day(str(config["date"])) if config.get("date") else held.today
    return Given(held.reference, today, held.is_filled, deployed)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise NoReferenceError(f"`date` must be a day as YYYY-MM-DD, found {text!r}") from error


def _root(snapshot: Snapshot) -> str:
    return next((resource.urn for resource in snapshot.resources if resource.type == ROOT), "")


def _finding(rule: str, urn: str, path: str, verdict: Verdict, message: str) -> Finding:
    return Finding(urn, rule, path, verdict, message, BY_ID[rule].fix.rstrip("."))


def _described(ids: Iterable[str]) -> str:
    return f"What staging owes production: {', '.join(ids)}."


CHECKS = (
    StackCheck(
        name=NAME,
        description=_described(rule.id for rule in BY_ID.values() if rule.is_mandatory),
        severity=Severity.CRITICAL,
        is_mandatory=True,
        judge=judge,
        judge_resource=judge_resource,
        rules=BY_ID,
        options=_OPTIONS,
        section=lambda: (SECTION, _SECTIONS[0]) if _SECTIONS else None,
        forget=_SECTIONS.clear,
    ),
    StackCheck(
        name=f"{NAME}-advisory",
        description=_described(rule.id for rule in BY_ID.values() if not rule.is_mandatory),
        severity=Severity.LOW,
        is_mandatory=False,
        judge=advise,
        rules=BY_ID,
        options=_OPTIONS,
    ),
)
