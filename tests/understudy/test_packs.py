"""Packs run as the engine runs them: levels, configuration, unknowns, crashes."""

from __future__ import annotations

from pathlib import Path

import pytest

from model.errors import ConfigurationError
from understudy.preview.packs import Violation, examined, judge, load_pack, masked
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
    assert found.message.endswith("`forceDestroy`: is absent, at most 2 may lack it")


def test_a_stack_policy_sees_every_resource_and_the_providers_that_the_engine_makes(rendering: Rendering) -> None:
    assert "has 7 resources" in violations(rendering, "strict")["stack-has-resources"].message


def test_an_unknown_that_a_policy_reads_is_reported(rendering: Rendering) -> None:
    found = violations(rendering, "strict")["reads-an-unknown"]

    assert found.level == "advisory"
    assert "can't run policy" in found.message


def test_a_crash_is_a_mandatory_finding_that_prints_no_secret(rendering: Rendering) -> None:
    found = violations(rendering, "broken")["crash"]

    assert found.level == "mandatory"
    assert "RuntimeError" in found.message
    assert "canary" not in found.message


def test_a_crash_stops_its_own_policy_alone(rendering: Rendering) -> None:
    found = violations(rendering, "first")

    assert found["exits"].level == "mandatory"
    assert {"tells", "exits", "relates"} == set(found)


def messages(rendering: Rendering, pack: str, policy: str) -> list[str]:
    return [violation.message for violation in judge(load_pack(HERE / "packs" / pack), rendering) if violation.policy == policy]


def test_a_policy_may_ask_for_the_stack_its_configuration_options_and_provider(rendering: Rendering) -> None:
    first, second, _ = messages(rendering, "first", "tells")

    assert first.endswith("stack staging dry-run True how None")
    assert second.endswith("aliases 0 provider eu-west-1 protect True")


def test_a_secret_in_a_message_is_masked(rendering: Rendering) -> None:
    assert messages(rendering, "first", "tells")[-1].endswith("password [secret]")


@pytest.mark.parametrize(
    ("secret", "message", "shown"),
    [
        ("hunter2", "it is hunter2!", "it is [secret]!"),
        ("on", "one is on", "one is [secret]"),
        ("12", "12, not 120", "[secret], not 120"),
    ],
)
def test_a_short_secret_is_masked_as_a_word_only(secret: str, message: str, shown: str) -> None:
    assert masked(message, {secret}) == shown


def test_a_stack_policy_gets_parents_dependencies_and_registered_outputs(rendering: Rendering) -> None:
    first, second, third = messages(rendering, "first", "relates")

    assert first.endswith("parent shelf, bucket from shelf-bucket")
    assert second.endswith("outputs ['arn', 'bucket'], exports ['arn', 'name', 'password']")
    assert third.endswith("a resource that does not exist")


def test_what_names_no_resource_of_the_stack_is_said_of_the_stack(rendering: Rendering) -> None:
    found = [violation for violation in judge(load_pack(HERE / "packs" / "first"), rendering) if "not exist" in violation.message]

    assert [violation.urn.rpartition("::")[2] for violation in found] == ["small-staging"]


def test_packs_with_modules_of_one_name_do_not_mix(rendering: Rendering, capsys: pytest.CaptureFixture[str]) -> None:
    first, second = (load_pack(HERE / "packs" / name) for name in ("first", "second"))

    assert [policy.name for policy in first.policies] == ["tells", "exits", "relates"]
    assert [policy.name for policy in second.policies] == ["counts"]
    assert len(list(judge(second, rendering))) == 1
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize(("config", "n"), [({}, 7), ({"counts": {"n": 9}}, 9)])
def test_a_packs_own_configuration_gives_way_to_the_files(rendering: Rendering, config: dict[str, object], n: int) -> None:
    assert violations(rendering, "second", config)["counts"].message.endswith(f"n {n}")


def test_all_sets_the_level_of_every_policy_that_has_none_of_its_own(rendering: Rendering) -> None:
    config: dict[str, object] = {"all": "disabled", "bucket-is-protected": {"enforcementLevel": "mandatory"}}

    assert set(violations(rendering, "strict", config)) == {"bucket-is-protected"}


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
        ({"bucket-is-protected": {"limt": 3}}, "did you mean 'limit'?"),
        ({"bucket-is-protected": {"limit": "three"}}, "bucket-is-protected.limit: 'three' is not of type 'integer'"),
        ({"all": {"enforcementLevel": "advisory", "limit": 3}}, "all.limit: only a level can be given to 'all'"),
        ({"bucket-is-protected": 5}, "a level or a mapping of properties is needed"),
    ],
)
def test_a_mistake_in_a_packs_configuration_is_refused(config: dict[str, object], says: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        load_pack(HERE / "packs" / "strict", config)

    assert says in str(caught.value)


def test_a_pack_may_be_named_by_a_relative_path(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(HERE)

    assert load_pack(Path("packs") / "first").name == "first"


def test_a_folder_that_is_no_pack_is_refused() -> None:
    with pytest.raises(ConfigurationError, match=r"no PulumiPolicy\.yaml"):
        load_pack(HERE / "programs")


SECURITY = HERE.parents[1] / "policies" / "security"


def test_a_pack_on_the_policy_engine_names_rule_and_property_of_every_finding(rendering: Rendering) -> None:
    found = judge(load_pack(SECURITY), rendering)

    assert {violation.policy for violation in found} >= {"S3-01", "S3-08"}
    assert [violation.policy for violation in found if "relations" in violation.policy] == []
    located = [violation for violation in found if violation.property]
    assert located
    assert all(violation.message.splitlines()[-1].startswith(f"{violation.property}: ") for violation in located)
    assert {violation.urn for violation in found} <= {resource.urn for resource in rendering.resources}


def test_a_pack_on_the_policy_engine_tells_what_it_examined(rendering: Rendering) -> None:
    pack = load_pack(SECURITY)
    judge(pack, rendering)
    by_rule = {entry.rule.id: entry for entry in examined(pack)}

    assert sorted(by_rule) == sorted(rule.id for rule in pack.session.rules)
    assert [len(by_rule["S3-01"].judged), by_rule["S3-01"].verdict] == [1, "fail"]
    assert [len(by_rule["RDS-01"].judged), by_rule["RDS-01"].verdict] == [0, "not applicable"]
    assert by_rule["S3-09"].properties == 2


def test_what_is_exempted_is_no_finding_and_is_listed(rendering: Rendering) -> None:
    entry = {"rule": "S3-01", "resource": "shelf-bucket", "reason": "a test", "owner": "somebody", "expires": "2030-01-01"}
    pack = load_pack(SECURITY, {"understudy-security": {"exemptions": [entry], "date": "2029-12-31"}})
    found = judge(pack, rendering)

    assert [violation for violation in found if violation.policy in ("S3-01", "understudy-security")] == []
    (exempted,) = [entry.exempted for entry in examined(pack) if entry.rule.id == "S3-01"]
    assert [(urn.rpartition("::")[2], exemption.owner) for urn, exemption in exempted.items()] == [("shelf-bucket", "somebody")]


def test_a_pack_forgets_one_stack_before_it_judges_another(rendering: Rendering) -> None:
    pack = load_pack(SECURITY)
    first, again = ((judge(pack, rendering), examined(pack)) for _ in range(2))

    assert first == again
