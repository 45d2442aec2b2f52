"""Packs run as the engine runs them: levels, configuration, unknowns, crashes."""

from __future__ import annotations

from pathlib import Path

import pytest

from model.errors import ConfigurationError
from understudy.preview.packs import Violation, judge, load_pack
from understudy.preview.project import read_project
from understudy.preview.rendering import Rendering, render

HERE = Path(__file__).parent


@pytest.fixture(scope="module")
def rendering() -> Rendering:
    project = read_project(HERE / "programs" / "small")
    return render(project, "staging", project.configuration)


def violations(rendering: Rendering, pack: str, config: dict[str, object] | None = None) -> dict[str, Violation]:
    return {violation.policy: violation for violation in judge(load_pack(HERE / "packs" / pack, config), rendering)}


def test_a_violation_carries_its_level_severity_resource_and_configured_words(rendering: Rendering) -> None:
    found = violations(rendering, "strict")["bucket-is-protected"]

    assert (found.pack, found.level, found.severity) == ("strict", "mandatory", "high")
    assert found.urn.endswith("::shelf-bucket")
    assert found.message.endswith("forceDestroy: is absent, at most 2 may lack it")


def test_a_stack_policy_sees_every_resource(rendering: Rendering) -> None:
    assert "has 6 resources" in violations(rendering, "strict")["stack-has-resources"].message


def test_an_unknown_that_a_policy_reads_is_reported(rendering: Rendering) -> None:
    found = violations(rendering, "strict")["reads-an-unknown"]

    assert found.level == "advisory"
    assert "can't run policy" in found.message


def test_a_crash_is_a_mandatory_finding_that_prints_no_secret(rendering: Rendering) -> None:
    found = violations(rendering, "broken")["(crash)"]

    assert found.level == "mandatory"
    assert "RuntimeError" in found.message
    assert "canary" not in found.message


def test_a_level_and_a_parameter_can_be_configured(rendering: Rendering) -> None:
    found = violations(rendering, "strict", {"bucket-is-protected": {"enforcementLevel": "advisory", "limit": 5}})

    assert found["bucket-is-protected"].level == "advisory"
    assert "at most 5" in found["bucket-is-protected"].message


def test_a_parameter_without_a_level_leaves_a_mandatory_policy_mandatory(rendering: Rendering) -> None:
    found = violations(rendering, "strict", {"bucket-is-protected": {"limit": 5}})

    assert found["bucket-is-protected"].level == "mandatory"


@pytest.mark.parametrize(
    ("config", "says"),
    [
        ({"bucket-is-protectd": "advisory"}, "did you mean 'bucket-is-protected'?"),
        ({"bucket-is-protected": "mandatry"}, "did you mean 'mandatory'?"),
    ],
)
def test_a_mistake_in_a_packs_configuration_is_refused(config: dict[str, object], says: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        load_pack(HERE / "packs" / "strict", config)

    assert says in str(caught.value)


def test_a_folder_that_is_no_pack_is_refused() -> None:
    with pytest.raises(ConfigurationError, match=r"no PulumiPolicy\.yaml"):
        load_pack(HERE / "programs")
