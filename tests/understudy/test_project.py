"""A project's configuration is merged as the engine merges it, and every mistake in its files is named at once."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from model.errors import ConfigurationError
from understudy.preview.project import Project, read_project

DECLARED = """
name: shop
runtime: python
config:
  environment:
    value: {services: {web: {replicas: 2}}}
  ratio:
    default: 0.5
  size: 3
  flag: true
"""


def write(folder: Path, text: str, **stacks: str) -> Path:
    (folder / "Pulumi.yaml").write_text(text)
    (folder / "__main__.py").touch()
    for name, content in stacks.items():
        (folder / f"Pulumi.{name}.yaml").write_text(content)
    return folder


def problems_of(folder: Path, stack: str = "staging") -> str:
    with pytest.raises(ConfigurationError) as caught:
        read_project(folder).stack_configuration(stack)
    return str(caught.value)


def test_project_values_are_flat_json_under_the_projects_namespace(tmp_path: Path) -> None:
    assert read_project(write(tmp_path, DECLARED)).stack_configuration("production") == {
        "shop:environment": json.dumps({"services": {"web": {"replicas": 2}}}),
        "shop:ratio": "0.5",
        "shop:size": "3",
        "shop:flag": "true",
    }


def test_a_stack_overrides_a_default_and_adds_keys_of_its_own(tmp_path: Path) -> None:
    project = read_project(write(tmp_path, DECLARED, staging="config:\n  shop:ratio: 0.25\n  scaling: {compute: 0.5}\n"))

    merged = project.stack_configuration("staging")

    assert merged["shop:ratio"] == "0.25"
    assert merged["shop:scaling"] == '{"compute": 0.5}'
    assert project.stack_configuration("production")["shop:ratio"] == "0.5"


@pytest.mark.parametrize(
    ("files", "stacks"),
    [
        ((), ("production",)),
        (("staging",), ("production", "staging")),
        (("qa", "production", "staging"), ("production", "qa", "staging")),
        (("eu.staging",), ("production", "eu.staging")),
    ],
)
def test_stacks_are_the_lead_and_every_stack_file(tmp_path: Path, files: tuple[str, ...], stacks: tuple[str, ...]) -> None:
    assert read_project(write(tmp_path, DECLARED, **dict.fromkeys(files, "config: {}\n"))).stacks == stacks


def test_the_program_and_the_stack_files_may_live_elsewhere(tmp_path: Path) -> None:
    nested = tmp_path / "examples" / "shop"
    (nested / "stacks").mkdir(parents=True)
    (tmp_path / "__main__.py").touch()
    (nested / "Pulumi.yaml").write_text("name: shop\nruntime: python\nmain: ../../\nstackConfigDir: stacks\n")
    (nested / "stacks" / "Pulumi.staging.yaml").write_text("config: {shop:a: x}\n")

    project = read_project(nested)

    assert project.program == tmp_path.resolve()
    assert project.stack_configuration("staging") == {"shop:a": "x"}


def test_a_declared_key_without_a_value_must_be_given_by_the_stack(tmp_path: Path) -> None:
    text = DECLARED + "  zone:\n    type: string\n"
    write(tmp_path, text, staging="config: {shop:zone: a}\n")

    assert read_project(tmp_path).stack_configuration("staging")["shop:zone"] == "a"
    assert "shop:zone: is declared in Pulumi.yaml without a value" in problems_of(tmp_path, "production")


@pytest.mark.parametrize(
    ("stack_file", "says"),
    [
        ("confg: {}\n", "confg: unknown key in Pulumi.staging.yaml; did you mean 'config'?"),
        ("environment: [shared]\n", "an offline preview cannot read"),
        ("config: [1]\n", "config: must be a mapping"),
        ("config:\n  shop:environment: {}\n", "must not restate it"),
        ("config:\n  shop:a: x\n  a: y\n", "shop:a: is given twice"),
        ("- 1\n", "Pulumi.staging.yaml: must be a mapping"),
        ("config:\n  a: [\n", "Pulumi.staging.yaml:3: is no valid YAML"),
    ],
)
def test_a_stack_file_that_cannot_be_meant_is_refused(tmp_path: Path, stack_file: str, says: str) -> None:
    assert says in problems_of(write(tmp_path, DECLARED, staging=stack_file))


@pytest.mark.parametrize(
    ("project_file", "says"),
    [
        ("runtime: python\n", "name: must be a text"),
        ("name: shop\nmain: nowhere\n", "there is no __main__.py"),
        ("name: shop\nconfig:\n  environment: {services: {}}\n", "config.environment.services: unknown key"),
        ("name: shop\nconfig:\n  a: {value: 1, default: 2}\n", "has both a `value` and a `default`"),
    ],
)
def test_a_project_file_that_cannot_be_meant_is_refused(tmp_path: Path, project_file: str, says: str) -> None:
    assert says in problems_of(write(tmp_path, project_file, staging="config: {}\n"))


def test_an_encrypted_value_is_refused_wherever_it_stands_and_never_shown(tmp_path: Path) -> None:
    text = "config:\n  shop:a: {secure: canary}\n  shop:b: {list: [{secure: canary}]}\n"

    said = problems_of(write(tmp_path, DECLARED, staging=text))

    assert "shop:a: is encrypted" in said
    assert "shop:b.list[0]: is encrypted" in said
    assert "canary" not in said


def test_all_mistakes_of_a_file_are_named_at_once(tmp_path: Path) -> None:
    said = problems_of(write(tmp_path, DECLARED, staging="confg: {}\nconfig:\n  environment: {}\n  a: {secure: x}\n"))

    assert len(said.splitlines()) == 3


def test_an_unknown_stack_is_refused_with_the_nearest(tmp_path: Path) -> None:
    assert "did you mean 'staging'?" in problems_of(write(tmp_path, DECLARED, staging="config: {}\n"), "stagin")


def test_the_shipped_projects_are_read() -> None:
    root = Path(__file__).resolve().parents[2]
    projects: list[Project] = [read_project(path.parent) for path in (root / "Pulumi.yaml", *root.glob("examples/*/Pulumi.yaml"))]

    assert all(project.stacks == ("production", "staging") for project in projects)
