"""A Pulumi project on disk: its files, its stacks, and the flat configuration that the engine would give the program."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from model.errors import ConfigurationError, Problem, nearest, quoted
from understudy.preview.yaml_file import YamlFile, read_yaml

LEAD = "production"
"""The stack that needs no file of its own."""
SECRET_KEY = "secure"  # noqa: S105 - the key under which Pulumi keeps a ciphertext


@dataclass(frozen=True)
class Project:
    """A project: its name, where it and its program live, and its configuration, which every stack shares."""

    name: str
    directory: Path
    program: Path
    file: YamlFile
    configuration: Mapping[str, str]

    @property
    def stacks(self) -> tuple[str, ...]:
        """The stacks that can be previewed: the lead, and each that has a file; the lead first."""
        files = self.directory.glob("Pulumi.*.yaml")
        return (LEAD, *sorted({file.name.split(".")[1] for file in files} - {LEAD}))

    def stack_configuration(self, stack: str) -> dict[str, str]:
        """The project's configuration with the stack's own on top, as the engine merges them.

        Raises ConfigurationError for a stack that does not exist, or whose file cannot be used.
        """
        if stack not in self.stacks:
            raise ConfigurationError([Problem("--stack", f"found {quoted(stack)}{nearest(stack, self.stacks)}")])
        path = self.directory / f"Pulumi.{stack}.yaml"
        own = _flat(_config(read_yaml(path)), self.name, path.name) if path.exists() else {}
        return {**self.configuration, **own}


def read_project(directory: Path) -> Project:
    """Read `Pulumi.yaml`. Raises ConfigurationError when it is missing or cannot be used."""
    file = read_yaml(directory / "Pulumi.yaml")
    if not isinstance(file.content, Mapping):
        raise ConfigurationError([Problem("Pulumi.yaml", f"must be a mapping, found {quoted(file.content)}")])
    name, main = file.content.get("name"), file.content.get("main", ".")
    problems = [
        Problem(key, f"must be a text in Pulumi.yaml, found {quoted(value)}")
        for key, value in (("name", name), ("main", main))
        if not isinstance(value, str) or not value
    ]
    if problems or not isinstance(name, str) or not isinstance(main, str):
        raise ConfigurationError(problems)
    program = (directory / main).resolve()
    if not (program / "__main__.py").is_file():
        raise ConfigurationError([Problem("main", f"found {quoted(main)}, where there is no __main__.py")])
    return Project(name, directory, program, file, _project_configuration(_config(file), name))


def _config(file: YamlFile) -> Mapping[str, object]:
    content = file.content if isinstance(file.content, Mapping) else {}
    config = content.get("config", {})
    if not isinstance(config, Mapping):
        raise ConfigurationError([Problem("config", f"must be a mapping in {file.path.name}, found {quoted(config)}")])
    unknown = sorted(set(content) - _STACK_KEYS) if file.path.name != "Pulumi.yaml" else []
    if unknown or not isinstance(file.content, Mapping):
        problems = [Problem(key, f"unknown key in {file.path.name}{nearest(key, sorted(_STACK_KEYS))}") for key in unknown]
        raise ConfigurationError(problems or [Problem(file.path.name, f"must be a mapping, found {quoted(file.content)}")])
    return config


_STACK_KEYS = {"config", "secretsprovider", "encryptedkey", "encryptionsalt", "environment"}


def _project_configuration(config: Mapping[str, object], project: str) -> dict[str, str]:
    """Values that stand in `Pulumi.yaml` itself: `value:` or `default:` below a key, or the plain value."""
    values: dict[str, object] = {}
    for key, declared in config.items():
        if isinstance(declared, Mapping):
            if "value" in declared or "default" in declared:
                values[key] = declared.get("value", declared.get("default"))
        else:
            values[key] = declared
    return _flat(values, project, "Pulumi.yaml")


def _flat(config: Mapping[str, object], project: str, file: str) -> dict[str, str]:
    flat: dict[str, str] = {}
    for key, value in config.items():
        full = key if ":" in key else f"{project}:{key}"
        if isinstance(value, Mapping) and set(value) == {SECRET_KEY}:
            message = f"is encrypted in {file}; the model holds no secrets, and an offline preview cannot decrypt any"
            raise ConfigurationError([Problem(full, message)])
        flat[full] = value if isinstance(value, str) else json.dumps(value)
    return flat
