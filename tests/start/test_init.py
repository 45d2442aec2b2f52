"""`understudy init` writes a project that previews cleanly, all of it or nothing, and replaces nothing unasked."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml
from click.testing import CliRunner, Result

from understudy import assemble
from understudy.cli import cli

SYSTEMS = Path(__file__).parent / "systems"
SOURCES = {
    "answers": (),
    "compose": ("--from-compose", str(SYSTEMS / "docker-compose.yml")),
    "manifests": ("--from-manifests", str(SYSTEMS / "manifests")),
}
FILES = ["Pulumi.staging.yaml", "Pulumi.yaml", "pulumi.schema.json", "pulumi.stack.schema.json"]


def init(directory: Path, *arguments: str) -> Result:
    return CliRunner().invoke(cli, ["init", str(directory), *arguments])


def content(path: Path) -> Any:
    return yaml.safe_load(path.read_text(encoding="utf-8"))


@pytest.fixture(scope="module", params=sorted(SOURCES))
def project(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    directory = tmp_path_factory.mktemp("init") / "shop"
    result = init(directory, *SOURCES[request.param])
    assert result.exit_code == 0, result.output
    return directory


def test_the_project_previews_without_a_mandatory_finding(project: Path) -> None:
    report = assemble.preview(project, today=date(2026, 1, 1))

    assert report["summary"]["policies"]["mandatory"] == 0
    assert set(report["stacks"]) == {"production", "staging"}


def test_all_its_files_are_written_and_nothing_else(project: Path) -> None:
    assert sorted(path.name for path in project.iterdir()) == FILES


@pytest.mark.parametrize(("name", "schema"), [("Pulumi.yaml", FILES[2]), ("Pulumi.staging.yaml", FILES[3])])
def test_an_editor_finds_the_schema_and_the_file_follows_it(project: Path, name: str, schema: str) -> None:
    assert (project / name).read_text(encoding="utf-8").startswith(f"# yaml-language-server: $schema={schema}\n")
    jsonschema.validate(content(project / name), json.loads((project / schema).read_text(encoding="utf-8")))


def test_no_secret_of_the_origin_is_in_the_project(project: Path) -> None:
    assert not [path for path in project.iterdir() if "hunter2" in path.read_text(encoding="utf-8")]


def test_the_same_origin_gives_the_same_bytes(tmp_path: Path) -> None:
    for name in ("one", "two"):
        init(tmp_path / name / "shop", *SOURCES["compose"])

    assert {path.name: path.read_bytes() for path in (tmp_path / "one" / "shop").iterdir()} == {
        path.name: path.read_bytes() for path in (tmp_path / "two" / "shop").iterdir()
    }


def test_the_answers_are_in_the_files(tmp_path: Path) -> None:
    init(tmp_path, "--name", "till", "--owner", "tills", "--domain", "till.example.org", "--account", "333344445555")
    model = content(tmp_path / "Pulumi.yaml")["config"]["environment"]["value"]

    assert (model["system"], model["owner"], model["identity"]["domain"]) == ("till", "tills", "till.example.org")
    assert model["identity"]["account_id"] == "333344445555"


def test_what_is_there_already_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "Pulumi.yaml").write_text("mine", encoding="utf-8")

    result = init(tmp_path)

    assert result.exit_code == 2
    assert "is there already; --force replaces it" in result.output
    assert [path.name for path in tmp_path.iterdir()] == ["Pulumi.yaml"]
    assert (tmp_path / "Pulumi.yaml").read_text(encoding="utf-8") == "mine"


def test_force_replaces_it(tmp_path: Path) -> None:
    (tmp_path / "Pulumi.yaml").write_text("mine", encoding="utf-8")

    assert init(tmp_path, "--force", "--name", "shop").exit_code == 0
    assert content(tmp_path / "Pulumi.yaml")["name"] == "shop"


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("--account", "12"), "error: --account: found '12'"),
        (("--staging-account", "111111111111"), "error: --staging-account: found '111111111111'"),
        (("--region", "eu-west-9"), "error: --region: found 'eu-west-9'"),
        (("--staging-region", "eu-west-9"), "error: --staging-region: found 'eu-west-9'"),
        (("--staging-region", "eu-west-1"), "error: --staging-region: found 'eu-west-1"),
        (("--name", "Shop"), "error: --name: found 'Shop'"),
        (("--domain", "not a domain"), "error: --domain: found 'not a domain'"),
        ((*SOURCES["compose"], *SOURCES["manifests"]), "cannot be given together"),
        (("--from-compose", "absent.yml"), "absent.yml"),
        (("--program", str(SYSTEMS)), "--program"),
    ],
    ids=lambda one: " ".join(one)[:40] if isinstance(one, tuple) else "",
)
def test_an_answer_that_makes_no_valid_model_writes_nothing(tmp_path: Path, arguments: tuple[str, ...], says: str) -> None:
    directory = tmp_path / "shop"

    result = init(directory, *arguments)

    assert result.exit_code == 2
    assert says in result.output
    assert result.output.count("error:") + result.output.count("Error:") == 1
    assert not directory.exists()


def test_the_next_command_can_be_typed_as_it_is_shown(tmp_path: Path) -> None:
    assert init(tmp_path / "a shop", "--name", "shop").output.splitlines()[-1].endswith("/a shop'")


def test_a_folder_that_cannot_be_made_is_one_message(tmp_path: Path) -> None:
    (tmp_path / "file").touch()

    result = init(tmp_path / "file" / "shop")

    assert result.exit_code == 2
    assert "cannot be written" in result.output
