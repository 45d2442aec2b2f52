"""One figure's story: production's value, the ratio, the rounding, what follows from it, and where both are written."""

from __future__ import annotations

from collections.abc import Iterator

from policies.security.credential_shapes import holds_credential
from scaling.explain import explain
from scaling.figures import leaves
from scaling.resolve import Resolution
from understudy.explain.story import Story
from understudy.preview.packs import masked
from understudy.preview.source import ConfigurationFiles


def figures(resolution: Resolution) -> set[str]:
    """The paths that a story can be told of: every leaf of the model, what it is below, and what is derived from it."""
    whole = {path for path, _, _ in leaves(resolution.production)} | {line.path for line in resolution.ledger}
    return {path.rsplit(".", cut)[0] for path in whole for cut in range(path.count(".") + 1)}


def figure_story(resolution: Resolution, files: ConfigurationFiles, path: str) -> Story:
    """The story. Raises ConfigurationError, naming the nearest path, where the model has no such figure."""
    told = [masked(line, _credentials(resolution, path)) for line in explain(resolution, path)]
    return Story("figure", path, (*told, *_written(resolution, files, path)))


def _credentials(resolution: Resolution, path: str) -> set[str]:
    """The value at the path where it is a credential in the clear: a rule finds it, and no story repeats it."""
    values = (str(value) for leaf, value, _ in leaves(resolution.production) if leaf == path)
    return {value for value in values if holds_credential(path.rsplit(".", 1)[-1], value)}


def _written(resolution: Resolution, files: ConfigurationFiles, path: str) -> Iterator[str]:
    line = resolution.ledger.get(path)
    given = files.find_model(path)
    ratio = files.find(line.source) if line is not None and line.source.startswith("scaling.") else None
    if given is not None and given.path and given.path.endswith(path):
        yield f"{given.file}:{given.line} gives it" + (f", and {ratio.file}:{ratio.line} the ratio." if ratio else ".")
    elif ratio is not None:
        yield f"{ratio.file}:{ratio.line} gives the ratio."
