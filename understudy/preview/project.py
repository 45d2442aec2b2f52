"""A Pulumi project on disk: its files, its stacks, and the flat configuration that the engine would give the program."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from model.errors import ConfigurationError, Problem, nearest, quoted
from understudy.preview.lead import LEAD
from understudy.preview.source import ConfigurationFiles, shown
from understudy.preview.yaml_file import YamlFile, read_yaml

SECRET_KEY = "secure"  # noqa: S105 - the key under which Pulumi keeps a ciphertext

ALL = "all"
"""Means every stack of a project."""
_DECLARATION_KEYS = ("type", "items", "description", "secret", "default", "value")
_STACK_KEYS = ("config", "secretsprovider", "encryptedkey", "encryptionsalt")
_PREFIX, _SUFFIX = "Pulumi.", ".yaml"


@dataclass(frozen=True)
class Project:
    """A project: its name, where its program and its stacks' files live, and the configuration that every stack shares.

    `fixed` are the keys given by `value:`, which a stack's file must not restate; `required` those declared without a value.
    """

    name: str
    directory: Path
    program: Path
    stack_directory: Path
    file: YamlFile
    configuration: Mapping[str, str]
    fixed: frozenset[str] = frozenset()
    required: frozenset[str] = frozenset()

    @property
    def stacks(self) -> tuple[str, ...]:
        """The stacks that can be previewed: the lead, and each that has a file; the lead first."""
        files = self.stack_directory.glob(f"{_PREFIX}*{_SUFFIX}")
        names = {file.name.removeprefix(_PREFIX).removesuffix(_SUFFIX) for file in files}
        return (LEAD, *sorted(names - {LEAD}))

    def chosen(self, stack: str) -> tuple[str, ...]:
        """The stacks that a word means: one, or `all`. Raises ConfigurationError for another word."""
        if stack == ALL:
            return self.stacks
        if stack not in self.stacks:
            raise ConfigurationError([Problem("--stack", f"found {quoted(stack)}{nearest(stack, (ALL, *self.stacks))}")])
        return (stack,)

    def stack_configuration(self, stack: str) -> dict[str, str]:
        """The project's configuration with the stack's own on top, key by key, as the engine merges them.

        Raises ConfigurationError for a stack that does not exist, whose file cannot be used, or that leaves a key without value.
        """
        if stack not in self.stacks:
            raise ConfigurationError([Problem("--stack", f"found {quoted(stack)}{nearest(stack, self.stacks)}")])
        files = self.files(stack)
        own: dict[str, str] = {}
        if files.stack is not None:
            with ConfigurationFiles(self.name, files.stack).locating():
                own = self._own(files.stack)
        with files.locating():
            missing = sorted(self.required - set(own))
            if missing:
                raise ConfigurationError(
                    Problem(key, f"is declared in Pulumi.yaml without a value, and stack {stack!r} gives none") for key in missing
                )
        return {**self.configuration, **own}

    def files(self, stack: str) -> ConfigurationFiles:
        """The files of a stack's configuration. Raises ConfigurationError for one that cannot be read."""
        path = self.stack_directory / f"{_PREFIX}{stack}{_SUFFIX}"
        own = read_yaml(path, shown(path, self.directory)) if path.exists() or path.is_symlink() else None
        return ConfigurationFiles(self.name, self.file, own)

    def _own(self, file: YamlFile) -> dict[str, str]:
        content = _mapping(file.content, file.path.name)
        problems = [_unknown_stack_key(key, file.path.name) for key in sorted(set(content) - set(_STACK_KEYS))]
        own = _flat(_mapping(content.get("config") or {}, "config"), self.name, file.path.name, problems)
        problems += [
            Problem(key, f"stands in Pulumi.yaml for every stack; {file.path.name} must not restate it")
            for key in sorted(self.fixed & set(own))
        ]
        if problems:
            raise ConfigurationError(problems)
        return own


def read_project(directory: Path) -> Project:
    """Read `Pulumi.yaml`. Raises ConfigurationError when it is missing or cannot be used."""
    path = directory / "Pulumi.yaml"
    file = read_yaml(path, shown(path, directory))
    name = file.content.get("name", "") if isinstance(file.content, Mapping) else ""
    with ConfigurationFiles(str(name), file).locating():
        return _project(directory, file)


def _project(directory: Path, file: YamlFile) -> Project:
    content = _mapping(file.content, "Pulumi.yaml")
    texts = {key: content.get(key, fallback) for key, fallback in (("name", ""), ("main", "."), ("stackConfigDir", "."))}
    problems = [
        Problem(key, f"must be a text in Pulumi.yaml, found {quoted(value)}")
        for key, value in texts.items()
        if not isinstance(value, str) or not value
    ]
    name, main, stacks = (str(value) for value in texts.values())
    program = (directory / main).resolve()
    if not problems and not (program / "__main__.py").is_file():
        problems.append(Problem("main", f"found {quoted(main)}, where there is no __main__.py"))
    declared = {key: _declared(key, value) for key, value in _mapping(content.get("config") or {}, "config").items()}
    problems += [problem for declaration in declared.values() for problem in declaration.problems]
    values = {key: declaration.value for key, declaration in declared.items() if declaration.origin}
    configuration = _flat(values, name, "Pulumi.yaml", problems)
    if problems:
        raise ConfigurationError(problems)
    return Project(
        name=name,
        directory=directory,
        program=program,
        stack_directory=(directory / stacks).resolve(),
        file=file,
        configuration=configuration,
        fixed=frozenset(_full(key, name) for key, declaration in declared.items() if declaration.origin == "value"),
        required=frozenset(_full(key, name) for key, declaration in declared.items() if not declaration.origin),
    )


def _mapping(value: object, path: str) -> Mapping[str, object]:
    if not isinstance(value, Mapping):
        raise ConfigurationError([Problem(path, f"must be a mapping, found {quoted(value)}")])
    return value


def _unknown_stack_key(key: str, file: str) -> Problem:
    if key == "environment":
        return Problem(key, f"imports configuration from a service into {file}, which an offline preview cannot read")
    return Problem(key, f"unknown key in {file}{nearest(key, _STACK_KEYS)}")


@dataclass(frozen=True)
class _Declaration:
    """What `Pulumi.yaml` says of a key; `origin` is `value`, `default`, or nothing where it gives no value."""

    origin: Literal["value", "default", ""]
    value: object = None
    problems: tuple[Problem, ...] = ()


def _declared(key: str, declaration: object) -> _Declaration:
    """A key's value stands below `value:` or `default:`, or in place of a declaration, which means a default."""
    if not isinstance(declaration, Mapping):
        return _Declaration("default", declaration)
    path = f"config.{key}"
    problems = [
        Problem(f"{path}.{word}", f"unknown key{nearest(word, _DECLARATION_KEYS)}; an object stands below `value`")
        for word in sorted(set(declaration) - set(_DECLARATION_KEYS))
    ]
    has_value, has_default = (declaration.get(word) is not None for word in ("value", "default"))
    if has_value and has_default:
        problems.append(Problem(path, "has both a `value` and a `default`"))
    origin: Literal["value", "default", ""] = "value" if has_value else "default" if has_default else ""
    return _Declaration(origin, declaration.get(origin), tuple(problems))


def _full(key: str, project: str) -> str:
    return key if ":" in key else f"{project}:{key}"


def _flat(config: Mapping[str, object], project: str, file: str, problems: list[Problem]) -> dict[str, str]:
    """The engine's flat form: `namespace:key` to text, JSON where the value is no text. Adds to `problems`."""
    flat: dict[str, str] = {}
    for key, value in config.items():
        full = _full(key, project)
        if full in flat:
            problems.append(Problem(full, f"is given twice in {file}, with its namespace and without"))
        problems += [
            Problem(path, f"is encrypted in {file}; the model holds no secrets, and an offline preview cannot decrypt any")
            for path in _encrypted(value, full)
        ]
        flat[full] = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return flat


def _encrypted(value: object, path: str) -> Iterator[str]:
    """The paths below a value at which the engine would decrypt."""
    if isinstance(value, Mapping):
        if set(value) == {SECRET_KEY} and isinstance(value[SECRET_KEY], str):
            yield path
        for key, item in value.items():
            yield from _encrypted(item, f"{path}.{key}")
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _encrypted(item, f"{path}[{index}]")
