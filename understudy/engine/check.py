"""A command of the real engine, and the report document of what it and the packs said: the contract of the embedded preview.

Everything is taken from the engine's events and from the accounts of the packs, and nothing from what is printed.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from model.errors import ConfigurationError, Problem
from policies.engine.account import VARIABLE
from policies.parity.pack import CHECKS
from understudy.assemble import assembled
from understudy.cost.assemble import ratio_limits
from understudy.cost.price_table import read_table
from understudy.engine.account import Account, read_accounts
from understudy.engine.command import Outcome, bytecode_kept, run_engine
from understudy.engine.events import of_kind, parsed
from understudy.engine.judgement import errors, findings, operations, packs, unjudged
from understudy.engine.launchers import write_launchers
from understudy.engine.request import Request
from understudy.engine.resources import changes, deployed, planned, rendering_of, stack_of
from understudy.preview.lead import LEAD
from understudy.preview.packs import find_packs
from understudy.preview.project import Project, read_project
from understudy.preview.rendering import RenderedResource, render
from understudy.preview.resolution import resolution
from understudy.reference import rendered_reference

Progress = Callable[[str], None]


@dataclass(frozen=True)
class Evidence:
    """A run: how it ended, what the packs wrote down, and the resources that the stack has after it."""

    outcome: Outcome
    accounts: Mapping[str, Account]
    resources: Mapping[str, RenderedResource]


def check(
    directory: Path, request: Request, *, prices: Path | None = None, progress: Progress = lambda _: None
) -> dict[str, Any]:
    """Run a command of the engine on a stack of the project, and return the report document.

    Raises ConfigurationError for every mistake in the configuration, and where the engine told of no stack.
    """
    project = read_project(directory)
    with tempfile.TemporaryDirectory(prefix="understudy-") as folder:
        if not request.packs:
            request = _under_own_packs(request, project, Path(folder), progress)
        progress(f"running {request.operation}")
        evidence = collect(request)
    found = stack_of(evidence.resources)
    if found is None:
        raise ConfigurationError([Problem("command", f"the engine told of no stack: {_last_error(evidence.outcome)}")])
    if found[0] != project.name:
        message = f"is {project.name!r}, and the command is about a stack of {found[0]!r}"
        raise ConfigurationError([Problem("--project", message)])
    return _document(project, found[1], request, evidence, prices, progress)


def _under_own_packs(request: Request, project: Project, folder: Path, progress: Progress) -> Request:
    """The request under the packs in the program's `policies/`.

    A pack that analyses a state is given no configuration of the stack, so that parity gets its reference in a file. The lead is
    held against nothing, and parity left out.
    """
    packs = find_packs(project.program / "policies")
    if request.operation != "policy analyze":
        return request.under(packs)
    stack = _analysed_stack(request)
    if stack in ("", LEAD):
        return request.under([pack for pack in packs if pack.name != "parity"])
    progress(f"rendering {LEAD} and {stack}")
    reference = folder / "reference.json"
    document = rendered_reference(project, stack, LEAD, project.stack_configuration(stack))
    reference.write_text(json.dumps(document), encoding="utf-8")
    given = {"reference": str(reference)}
    configs = []
    for pack in packs:
        own = {check.name: given for check in CHECKS} if pack.name == "parity" else {}
        configs.append(folder / f"{pack.name}.json")
        configs[-1].write_text(json.dumps(own), encoding="utf-8")
    return request.under(packs, configs)


def _analysed_stack(request: Request) -> str:
    """The stack whose state is analysed, empty where the command does not tell."""
    file = next(iter(request.values("--file")), "")
    if not file:
        return request.stack
    found = stack_of(deployed(_state(request, {}), {}))
    return found[1] if found is not None else ""


def collect(request: Request) -> Evidence:
    """Run the command. What it prints goes to standard error, for standard output is the report's."""
    with tempfile.TemporaryDirectory(prefix="understudy-") as folder:
        accounts, launchers = Path(folder) / "accounts", Path(folder) / "bin"
        accounts.mkdir()
        write_launchers(launchers)
        path = os.pathsep.join([os.environ.get("PATH", ""), str(launchers)])
        environment = {**bytecode_kept(), VARIABLE: str(accounts), "PATH": path}
        if request.operation == "policy analyze":
            outcome = _analyzed(request, environment)
        else:
            command: list[str | Path] = [request.executable, *request.words]
            outcome = run_engine(command, directory=Path.cwd(), environment=environment, output=sys.stderr)
        kept = read_accounts(accounts)
        relations = next((account.relations for account in kept.values() if account.relations), {})
        if request.operation == "policy analyze":
            return Evidence(outcome, kept, deployed(_state(request, environment), relations))
        return Evidence(outcome, kept, planned(outcome.events, relations))


def _analyzed(request: Request, environment: Mapping[str, str]) -> Outcome:
    """This operation has no log of its events; it prints them, as JSON, where it is asked to."""
    words = request.words if "--json" in request.words else (*request.words, "--json")
    ended = subprocess.run(  # noqa: S603 - the user's own command
        [request.executable, *words],
        env=environment,
        check=False,
        text=True,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
    )
    return Outcome(ended.returncode, parsed(ended.stdout))


def _state(request: Request, environment: Mapping[str, str]) -> dict[str, Any]:
    """The state that was analysed, its secrets as ciphertexts."""
    file = next(iter(request.values("--file")), "")
    if file:
        text = Path(file).read_text(encoding="utf-8")
    else:
        stack = ("--stack", request.stack) if request.stack else ()
        command = [request.executable, "stack", "export", *stack, *request.folder]
        text = subprocess.run(command, env=environment, check=False, text=True, capture_output=True).stdout  # noqa: S603
    try:
        state: dict[str, Any] = json.loads(text)
    except ValueError as error:
        raise ConfigurationError([Problem("command", "the state that was analysed cannot be read")]) from error
    return state


def _document(
    project: Project, stack: str, request: Request, evidence: Evidence, prices: Path | None, progress: Progress
) -> dict[str, Any]:
    resolutions = {stack: resolution(project, stack)}
    rendering = rendering_of(project.name, stack, evidence.resources)
    beside = {}
    if stack != LEAD and ratio_limits(resolutions):
        progress(f"rendering {LEAD}")
        beside[LEAD] = render(project, LEAD, project.stack_configuration(LEAD))
    accounts = evidence.accounts.values()
    counted = dict(packs(evidence.outcome.events)) | {account.pack: account.policies for account in accounts}
    sections = [account.sections["parity"] for account in accounts if "parity" in account.sections]
    return assembled(
        project,
        {stack: rendering},
        resolutions,
        beside,
        read_table(prices),
        violations={stack: findings(evidence.outcome.events, evidence.accounts, evidence.resources)},
        coverage={stack: [examined for account in accounts for examined in account.examined]},
        packs=sorted(counted.items()),
        parity={stack: sections[0]} if sections else {},
        engine=_engine(request, evidence),
    )


def _engine(request: Request, evidence: Evidence) -> dict[str, Any]:
    """How the run ended and what it does. A run that did not come to its summary has failed, whatever its exit code."""
    events = evidence.outcome.events
    summary: Mapping[str, Any] = next(of_kind(events, "summaryEvent"), {})
    is_success = evidence.outcome.exit_code == 0 and summary.get("result", "succeeded" if summary else "failed") == "succeeded"
    return {
        "command": request.operation,
        "result": "succeeded" if is_success else "failed",
        "exit_code": evidence.outcome.exit_code,
        "undecided": unjudged(request.packs, events, evidence.accounts),
        "operations": operations(events),
        "changes": [
            {**asdict(change), "properties": list(change.properties), "replaced_by": list(change.replaced_by)}
            for change in changes(events)
        ],
        "errors": [{"urn": urn or None, "message": message} for urn, message in errors(events)],
    }


def _last_error(outcome: Outcome) -> str:
    messages = [message for _, message in errors(outcome.events)]
    return messages[-1] if messages else f"it ended with exit code {outcome.exit_code} and said nothing"
