"""Where something stands: the file and line that a value, a mistake or a resource comes from."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from model.errors import ConfigurationError, Problem
from model.load import MODEL_KEY
from understudy.preview.yaml_file import YamlFile


@dataclass(frozen=True, order=True)
class Source:
    """A line of a file, from 1. `path` is the dotted path of what stands there; empty where the file is no YAML."""

    file: str
    line: int
    path: str = ""


def shown(file: Path, folder: Path) -> str:
    """A file as messages and reports name it: from the working directory where it lies below that, else from `folder`."""
    full = file.resolve()
    for base in (Path.cwd(), folder.resolve()):
        if full.is_relative_to(base):
            return full.relative_to(base).as_posix()
    return file.name


@dataclass(frozen=True)
class ConfigurationFiles:
    """The files that a stack's configuration comes from: the project's, and the stack's own where it has one."""

    name: str
    """The project's name, which is the namespace of its keys."""
    project: YamlFile
    stack: YamlFile | None = None

    def find(self, path: str) -> Source | None:
        """Where a path of the configuration is written, such as `scaling.ratios` or `environment.services.web.replicas`.

        The nearest path above it where it is not written itself; None where neither file has anything of it.
        """
        best: tuple[int, Source] | None = None
        for file, spelling in self._spellings(path.removeprefix(f"{self.name}:")):
            found = file.nearest(spelling)
            if found is not None and (best is None or len(spelling) - len(found) < best[0]):
                best = len(spelling) - len(found), Source(file.shown, file.lines[found], found)
        return best[1] if best else None

    def find_model(self, path: str) -> Source | None:
        """Where a path of the model is written, such as `services.web.replicas`."""
        return self.find(f"{MODEL_KEY}.{path}" if path else MODEL_KEY)

    @property
    def head(self) -> Source:
        """Where the stack begins: its own file, else the project's."""
        file = self.stack or self.project
        return Source(file.shown, file.lines.get("config", 1), "config" if "config" in file.lines else "")

    @contextmanager
    def locating(self) -> Iterator[None]:
        """Add to every mistake that is raised inside where it is written."""
        try:
            yield
        except ConfigurationError as error:
            raise ConfigurationError(self._located(problem) for problem in error.problems) from error

    def _located(self, problem: Problem) -> Problem:
        if problem.at or problem.path.startswith("-"):
            return problem
        source = self.find(problem.path) if problem.path else None
        if source is None and problem.path == self.head.file:
            return problem
        return replace(problem, at=f"{source.file}:{source.line}" if source else self.head.file)

    def _spellings(self, path: str) -> Iterator[tuple[YamlFile, str]]:
        """The ways to write a path in either file, the likelier first: a key may stand with its namespace and without."""
        size = min((at for mark in ".[" if (at := path.find(mark)) >= 0), default=len(path))
        key, rest = path[:size], path[size:]
        shared = [(self.project, f"config.{full}.{word}{rest}") for full in self._full(key) for word in ("value", "default")]
        shared += [(self.project, f"config.{full}{rest}") for full in self._full(key)]
        own = [(self.stack, f"config.{full}{rest}") for full in self._full(key)] if self.stack else []
        files = [self.project] if self.stack is None else [self.stack, self.project]
        yield from (*shared, *own) if key == MODEL_KEY else (*own, *shared)
        yield from ((file, path) for file in files)

    def _full(self, key: str) -> tuple[str, ...]:
        return (key,) if ":" in key else (f"{self.name}:{key}", key)
