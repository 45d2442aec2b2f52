"""Everything that the embedded preview says is what the real engine does: compared call by call with a real `pulumi preview`."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.engine.conftest import PACKS, Edit, copied, new_workspace
from tests.engine.wire import LOG_VARIABLE, Requests, asked_by_embedded, asked_by_engine, said
from understudy.engine.command import Outcome
from understudy.engine.events import of_kind
from understudy.engine.judgement import violations
from understudy.preview.default_providers import PREFIX
from understudy.preview.packs import Violation, load_pack
from understudy.preview.rendering import Rendering, render
from understudy.sandbox.workspace import Workspace

pytestmark = pytest.mark.engine


def smallest(staging: dict[str, Any]) -> None:
    staging["scaling"]["ratios"] = dict.fromkeys(staging["scaling"]["ratios"], 0.05)


def whole(staging: dict[str, Any]) -> None:
    staging["scaling"]["ratios"] = dict.fromkeys(staging["scaling"]["ratios"], 1)


def case(system: str, stack: str, edit: Edit | None = None) -> Any:
    """A stack to compare; what is asked of it stays on one process, so that the engine previews it once."""
    name = "-".join([system, stack, edit.__name__ if edit else "as-shipped"])
    return pytest.param((system, stack, edit), id=name, marks=pytest.mark.xdist_group(name))


@dataclass(frozen=True)
class Both:
    """A stack as each of the two sees it."""

    rendering: Rendering
    embedded: tuple[Requests, Requests]
    real: tuple[Requests, Requests]
    outcome: Outcome

    def judged(self) -> list[Violation]:
        """What the SDK's analyzer answers to the embedded preview, as the engine would tell it."""
        return sorted({found for pack in PACKS for found in said(load_pack(pack), self.rendering)})


@pytest.fixture(
    scope="module",
    params=[
        case("retail-store", "production"),
        case("retail-store", "staging"),
        case("retail-store", "staging", smallest),
        case("online-boutique", "production"),
        case("online-boutique", "staging"),
        case("online-boutique", "staging", whole),
    ],
)
def both(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, engine: Path, described: Path) -> Both:
    system, stack, edit = request.param
    folder = tmp_path_factory.mktemp("both")
    project = copied(system, folder / "project", staging=edit or (lambda _: None))
    log = folder / "calls.json"
    workspace = new_workspace(folder / "sandbox", engine, described)
    workspace = Workspace(workspace.root, workspace.engine, workspace.passphrase, {**workspace.variables, LOG_VARIABLE: str(log)})
    workspace.prepare(project, stack)
    outcome = workspace.run(project, stack, "preview", packs=PACKS)
    rendering = render(project, stack, project.stack_configuration(stack))
    return Both(rendering, asked_by_embedded(rendering), asked_by_engine(log), outcome)


def test_the_real_preview_ends_well(both: Both) -> None:
    assert both.outcome.exit_code == 0, both.outcome.output[-4000:]


def test_there_are_the_same_resources(both: Both) -> None:
    assert set(both.embedded[0]) == set(both.real[0])
    assert len(both.real[0]) > 400


def test_each_resource_has_the_same_inputs_parent_options_and_provider(both: Both) -> None:
    assert both.embedded[0] == both.real[0]


def test_each_member_of_the_stack_has_the_same_properties_and_dependencies(both: Both) -> None:
    assert both.embedded[1] == both.real[1]


def test_the_packs_say_the_same_in_the_same_words(both: Both) -> None:
    assert both.judged() == violations(both.outcome.events)


def test_the_engine_would_create_what_the_rendering_holds(both: Both) -> None:
    created = {step["metadata"]["urn"] for step in of_kind(both.outcome.events, "resourcePreEvent")}

    rendered = {resource.urn for resource in both.rendering.resources}
    assert {urn for urn in created if f"{PREFIX}random::default" not in urn} == rendered
