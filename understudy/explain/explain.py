"""Explaining whatever somebody names: a figure at once, a resource or a rule out of a preview."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from model.errors import ConfigurationError, Problem, nearest, quoted
from understudy.assemble import preview
from understudy.catalogue import known_rules
from understudy.explain.figure import figure_story, figures
from understudy.explain.resource import resource_story, resources
from understudy.explain.rule import rule_story
from understudy.explain.story import Story
from understudy.preview.lead import LEAD
from understudy.preview.project import read_project
from understudy.preview.resolution import resolution

Progress = Callable[[str], None]


def explained(directory: Path, stack: str, wanted: str, progress: Progress) -> Story:
    """The story of a figure's path, a rule's ID, or a resource's URN, name or place.

    Raises ConfigurationError, naming what is nearest, for a name of nothing or of several.
    """
    if stack == LEAD:
        raise ConfigurationError([Problem("--stack", f"{LEAD!r} is the model itself; name the stack that follows it")])
    project = read_project(directory)
    resolved = resolution(project, stack)
    known_figures = figures(resolved)
    # A mistyped path is answered at once: nothing else begins with a part of the model and a dot.
    if wanted in known_figures or ("." in wanted and wanted.partition(".")[0] in known_figures):
        return figure_story(resolved, project.files(stack), wanted)
    known = known_rules()
    rule = known.get(wanted.upper())
    report = preview(directory, stack="all", progress=progress)
    if rule is not None:
        return rule_story(report, rule)
    return _resource(report, stack, wanted, sorted({*known_figures, *known}))


def _resource(report: dict[str, Any], stack: str, wanted: str, others: list[str]) -> Story:
    names = resources(report)
    called = names.get(wanted, [])
    if not called:
        hint = nearest(wanted, sorted({*others, *(name for name in names if not name.startswith("urn:"))}))
        message = f"found {quoted(wanted)}, which is no path of the model, no resource and no rule{hint}"
        raise ConfigurationError([Problem("WHAT", message)])
    if len(called) > 1:
        exact = sorted(name for name, roles in names.items() if len(roles) == 1 and roles[0] in called and ":" in name)
        choices = ", ".join(name for name in exact if name.startswith(f"{wanted}:")) or ", ".join(exact)
        raise ConfigurationError([Problem("WHAT", f"found {quoted(wanted)}, which several resources are called: {choices}")])
    return resource_story(report, stack, called[0])
