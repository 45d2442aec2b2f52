"""Beginning a project: from wherever its sketch comes to files on disk."""

from __future__ import annotations

from pathlib import Path

import understudy
from model.errors import ConfigurationError, Problem
from understudy.start.answers import Answers
from understudy.start.compose import read_compose
from understudy.start.files import PROJECT, project_files, write_project
from understudy.start.manifests import read_manifests
from understudy.start.sketch import UNKNOWN_TAG, Sketch, SketchedService, model_name

_LONGEST = 20
_OPTIONS = {
    "environment.system": "--name",
    "environment.owner": "--owner",
    "environment.identity.domain": "--domain",
    "environment.identity.account_id": "--account",
    "environment.identity.regions.primary": "--region",
    "identity.account_id": "--staging-account",
    "identity.regions": "--staging-region",
}
"""The option that gives each figure of a new project's identity, as messages name it."""
_PLACEHOLDER = Sketch(
    services=(
        SketchedService(
            name="web",
            repository="registry.example.com/web",
            tag=UNKNOWN_TAG,
            port=8080,
            liveness_path="/health",
            readiness_path="/health",
            environment={"DATABASE_HOST": {"store": "main", "attribute": "address"}},
            stores=("main",),
            published=True,
        ),
    ),
    stores={"main": "postgres"},
    notes=("services and stores are examples: one service `web` with a database; put your own in their place",),
)


def begin(
    answers: Answers, directory: Path, program: Path, *, compose: Path | None, manifests: Path | None, force: bool
) -> tuple[list[str], tuple[str, ...]]:
    """Write a project and return the names of its files and what a person has to look at.

    Raises ConfigurationError, with nothing written, for whatever cannot be used.
    """
    if compose is not None and manifests is not None:
        raise ConfigurationError([Problem("--from-compose", "cannot be given together with --from-manifests")])
    sketch = _PLACEHOLDER
    if compose is not None:
        sketch = read_compose(compose)
    elif manifests is not None:
        sketch = read_manifests(manifests)
    try:
        files = project_files(sketch, answers, directory, program)
    except ConfigurationError as error:
        raise _as_asked(error, answers) from error
    write_project(files, directory, force=force)
    return sorted(files), sketch.notes


def _as_asked(error: ConfigurationError, answers: Answers) -> ConfigurationError:
    """Mistakes as those of the options that were answered wrongly; what only follows from one is left out."""
    asked = {_OPTIONS[problem.path]: problem.message for problem in error.problems if problem.path in _OPTIONS}
    if "--name" in asked and answers.domain.startswith(f"{answers.system}."):
        asked.pop("--domain", None)
    return ConfigurationError(Problem(option, message) for option, message in asked.items()) if asked else error


def program_folder(given: Path | None) -> Path:
    """The folder of the program that a project runs. Raises ConfigurationError where there is none."""
    folder = given or Path(understudy.__file__).resolve().parents[1]
    if not (folder / "__main__.py").is_file() or not (folder / PROJECT).is_file():
        message = f"{str(folder)!r} has no __main__.py and {PROJECT}; name the working copy of Understudy"
        raise ConfigurationError([Problem("--program", message)])
    return folder


def system_name(directory: Path) -> str:
    """A system's name from its folder's."""
    return model_name(directory.resolve().name or "system")[:_LONGEST].rstrip("-") or "system"
