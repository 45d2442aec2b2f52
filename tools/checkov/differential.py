"""Checkov and the security pack over the same Kubernetes manifests: every disagreement is explained, or this fails.

The manifests are those of the shipped systems, and those that the tests break one rule at a time with. What one checkov check
says of a file is held against what the rules say of it that name the check as their equivalent.

    python -m tools.checkov.differential         compares; 1 where a disagreement is not explained, or an explanation not needed
    python -m tools.checkov.differential --page  prints the page of explanations
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections import defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path

from policies.engine.evaluate import evaluate, judge
from policies.engine.rule import Rule
from policies.engine.snapshot import Snapshot
from policies.engine.verdict import Verdict
from policies.security.pack import RULES
from tests.policies.security.cases import kubernetes
from tools.checkov.explanations import EXPLANATIONS
from tools.checkov.manifests import read_manifests, write_manifest, write_manifests
from understudy.preview.project import read_project
from understudy.preview.rendering import render

ROOT = Path(__file__).resolve().parents[2]
CHECKOV = ROOT / "tools/checkov/.venv/bin/checkov"
NOT_JUDGED = "no rule"
Disagreement = tuple[str, str, str]
"""A check, what the pack says, and what checkov says."""


def manifests(directory: Path) -> None:
    """Write the shipped systems' manifests, and those that break a rule."""
    for path in (ROOT, ROOT / "examples/online-boutique"):
        project = read_project(path)
        for stack in project.stacks:
            target = directory / f"{project.name}-{stack}"
            target.mkdir()
            write_manifests(render(project, stack, project.stack_configuration(stack)), target)
    target = directory / "broken"
    target.mkdir()
    rules = {rule.id: rule for rule in RULES}
    for id_, case in kubernetes.CASES.items():
        for number, edit in enumerate(case.violating):
            changed = edit(kubernetes.STACK)
            for name, member in changed.members.items():
                resource = changed.resource(name)
                is_broken = resource.type in rules[id_].types and judge(rules[id_], resource, changed.snapshot()).findings
                if member.token.startswith("kubernetes:") and is_broken:
                    write_manifest(member.token, member.properties, target / f"{id_}-{number}-{name}.json")


def ours(directory: Path) -> dict[tuple[str, str], str]:
    """What the pack says, by file and by the checks that are equivalents of its rules."""
    said: dict[tuple[str, str], Verdict] = defaultdict(lambda: Verdict.NOT_APPLICABLE)
    for folder in sorted(directory.iterdir()):
        snapshot = Snapshot.of(read_manifests(folder))
        for outcome in evaluate(RULES, snapshot).outcomes:
            verdicts = dict.fromkeys(outcome.judged, Verdict.PASS)
            for finding in outcome.findings:
                verdicts[finding.urn] = max(verdicts[finding.urn], finding.verdict)
            for urn, verdict in verdicts.items():
                for check in outcome.rule.equivalents:
                    key = f"{folder.name}/{urn.rpartition('::')[2]}", check
                    said[key] = max(said[key], verdict)
    return {key: verdict.word for key, verdict in said.items()}


def theirs(directory: Path) -> dict[tuple[str, str], str]:
    """What checkov says, by file and check: the worst of its results for the objects that it finds in the file."""
    command = [str(CHECKOV), "-d", str(directory), "--framework", "kubernetes", "-o", "json", "--skip-download"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=600)
    try:
        report = json.loads(done.stdout)["results"]
    except (ValueError, KeyError, TypeError):
        sys.exit(f"checkov answered nothing that can be read (exit code {done.returncode}):\n{done.stderr[-2000:]}")
    said: dict[tuple[str, str], str] = {}
    for word, results in (("pass", report["passed_checks"]), ("fail", report["failed_checks"])):
        for result in results:
            said[result["file_path"].lstrip("/").removesuffix(".json"), result["check_id"]] = word
    return said


def disagreements(ours_: Mapping[tuple[str, str], str], theirs_: Mapping[tuple[str, str], str]) -> dict[Disagreement, list[str]]:
    """Where the two differ, and the files in which. A pass of checkov's that no rule judges is none."""
    found: dict[Disagreement, list[str]] = defaultdict(list)
    for (file, check), word in theirs_.items():
        own = ours_.get((file, check), NOT_JUDGED)
        if own != word and (own, word) != (NOT_JUDGED, "pass"):
            found[check, own, word].append(file)
    return {key: sorted(files) for key, files in sorted(found.items())}


def page() -> str:
    """The documentation of the explanations."""
    lines = [
        "# The security pack and checkov\n",
        "Generated from `tools/checkov/explanations.py` by `python -m tools.checkov.differential --page`.\n",
        "`make differential` runs [checkov](https://www.checkov.io) and the pack over the same Kubernetes manifests: those of",
        "both shipped systems in both environments, and those that the tests break one rule at a time with. What a checkov check",
        "says of a manifest is held against what the rules say of it that list the check as an equivalent. These are all",
        "disagreements; one that is not explained here, and an explanation that no manifest needs, fail the run.\n",
        "| check | the pack | checkov | why |",
        "|---|---|---|---|",
        *(f"| {check} | {own} | {other} | {why} |" for (check, own, other), why in sorted(EXPLANATIONS.items())),
    ]
    return "\n".join(lines) + "\n"


def _problems(found: Mapping[Disagreement, list[str]], rules: tuple[Rule, ...] = RULES) -> Iterator[str]:
    for (check, own, other), files in found.items():
        if (check, own, other) not in EXPLANATIONS:
            named = ", ".join(rule.id for rule in rules if check in rule.equivalents) or "none"
            yield f"not explained: {check}: the pack says {own} (rules: {named}), checkov {other}: {', '.join(files[:3])}"
    for check, own, other in sorted(set(EXPLANATIONS) - set(found)):
        yield f"not needed: {check}: the pack says {own}, checkov {other}: no manifest shows it"


def main() -> int:
    """Compare, and print what is not as the explanations say."""
    if "--page" in sys.argv[1:]:
        print(page(), end="")
        return 0
    if not CHECKOV.exists():
        sys.exit("checkov is not installed here; `make differential` does that")
    with tempfile.TemporaryDirectory() as name:
        directory = Path(name)
        manifests(directory)
        own, other = ours(directory), theirs(directory)
    found = disagreements(own, other)
    problems = list(_problems(found))
    shared = len(set(own) & set(other))
    print(
        f"{len({file for file, _ in other})} manifests, {shared} verdicts of both, {sum(map(len, found.values()))} disagreements"
    )
    print("\n".join(problems) or "every disagreement is explained")
    return int(bool(problems) or not shared)


if __name__ == "__main__":
    sys.exit(main())
