"""The files of a new project: complete and valid before the first is written, and written all or none."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from model.errors import ConfigurationError, Problem
from model.load import load_environment, load_staging
from model.schema import project_schema, stack_schema
from scaling.resolve import resolve
from understudy.preview.yaml_file import read_yaml
from understudy.start.answers import Answers
from understudy.start.model_of import project_model, staging_configuration
from understudy.start.sketch import Sketch

PROJECT, STAGING = "Pulumi.yaml", "Pulumi.staging.yaml"
PROJECT_SCHEMA, STACK_SCHEMA = "pulumi.schema.json", "pulumi.stack.schema.json"
_WIDTH = 130


def project_files(sketch: Sketch, answers: Answers, directory: Path, program: Path) -> dict[str, str]:
    """The texts of a project in a folder, by file. `program` is the folder of the program that it runs.

    Raises ConfigurationError where the answers make no valid model: both environments are resolved before anything is returned.
    """
    model = project_model(sketch, answers, _shipped(program))
    staging = staging_configuration(sketch, answers)
    environment = load_environment(model)
    resolve(environment, load_staging(staging, environment))
    main = Path(os.path.relpath(program.resolve(), directory.resolve())).as_posix()
    project = {
        "name": answers.system,
        "description": f"{answers.system}, and a staging environment that can stand in for it",
        "main": f"{main}/",
        "runtime": {"name": "python", "options": {"virtualenv": f"{main}/.venv"}},
        "config": {"environment": {"value": model}},
    }
    stack = {"config": {f"{answers.system}:{key}": value for key, value in staging.items()}}
    return {
        PROJECT: _head(PROJECT_SCHEMA, f"Production of {answers.system}, and so the model of every environment.", sketch.notes)
        + _yaml(project),
        STAGING: _head(STACK_SCHEMA, f"Who staging is and how much smaller; everything else comes from {PROJECT}.", ())
        + _yaml(stack),
        PROJECT_SCHEMA: _json(project_schema()),
        STACK_SCHEMA: _json(stack_schema(answers.system)),
    }


def write_project(files: Mapping[str, str], directory: Path, *, force: bool) -> None:
    """Write the files, all or none. Raises ConfigurationError where one is there already and `force` is not given."""
    there = sorted(name for name in files if (directory / name).exists())
    if there and not force:
        raise ConfigurationError(Problem(str(directory / name), "is there already; --force replaces it") for name in there)
    drafts = {name: directory / f".{name}.{os.getpid()}" for name in files}
    made = not directory.exists()
    try:
        directory.mkdir(parents=True, exist_ok=True)
        for name, text in files.items():
            drafts[name].write_text(text, encoding="utf-8")
        for name, draft in drafts.items():
            draft.replace(directory / name)
    except OSError as error:
        for draft in filter(Path.exists, drafts.values()):
            draft.unlink()
        if made and directory.is_dir() and not any(directory.iterdir()):
            directory.rmdir()
        raise ConfigurationError([Problem(str(directory), f"cannot be written: {error.strerror}")]) from error


def _shipped(program: Path) -> dict[str, Any]:
    """The raw model of the program's own system, which the platform's parts are taken from."""
    content: Any = read_yaml(program / PROJECT).content
    model: dict[str, Any] = content["config"]["environment"]["value"]
    return model


def _head(schema: str, says: str, notes: tuple[str, ...]) -> str:
    lines = [f"# yaml-language-server: $schema={schema}", f"# {says}"]
    if notes:
        lines += ["# To be looked at, since nothing said it:", *(f"#   {note}" for note in notes)]
    return "\n".join(lines) + "\n"


class _Dumper(yaml.SafeDumper):
    """Nothing is written twice by reference, which the engine's reader would not take."""

    def ignore_aliases(self, data: object) -> bool:  # noqa: ARG002 - the base class asks by this name
        """No node is an alias."""
        return True


def _yaml(content: object) -> str:
    text: str = yaml.dump(content, Dumper=_Dumper, sort_keys=False, default_flow_style=None, width=_WIDTH, allow_unicode=True)
    return text


def _json(content: object) -> str:
    return json.dumps(content, indent=1, ensure_ascii=False) + "\n"
