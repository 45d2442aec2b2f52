"""Which ratio applies to a figure: its concern's, unless an override names it or something above it."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from model.errors import Problem, nearest
from model.staging import Scaling
from scaling.figures import Figure


@dataclass(frozen=True)
class AppliedRatio:
    """A ratio as an exact fraction, and the key in the stack file that it comes from."""

    value: Fraction
    source: str
    reason: str | None = None


def exact(ratio: float) -> Fraction:
    """The decimal that was written, without the binary error of the float: 0.1 is one tenth."""
    return Fraction(repr(ratio))


def applied_ratio(scaling: Scaling, figure: Figure) -> AppliedRatio:
    """The ratio of a figure. The longest override path wins; a concern without a ratio is not scaled."""
    for path in sorted(scaling.overrides, key=len, reverse=True):
        if covers(path, figure.path):
            override = scaling.overrides[path]
            return AppliedRatio(exact(override.ratio), f"scaling.overrides.{path}", override.reason)
    concern = figure.scale.by
    if concern not in scaling.ratios:
        return AppliedRatio(Fraction(1), f"no ratio for {concern.value}")
    return AppliedRatio(exact(scaling.ratios[concern]), f"scaling.ratios.{concern.value}")


def covers(path: str, figure_path: str) -> bool:
    """Whether an override's path is the figure's own or a part above it."""
    return figure_path == path or figure_path.startswith(f"{path}.")


def override_problems(scaling: Scaling, figures: list[Figure], known_paths: list[str]) -> list[Problem]:
    """Overrides that touch no figure: mistyped paths, and paths of what no ratio may touch."""
    problems: list[Problem] = []
    for path in scaling.overrides:
        if any(covers(path, figure.path) for figure in figures):
            continue
        where = f"scaling.overrides.{path}"
        if any(covers(path, known) for known in known_paths):
            problems.append(Problem(where, "names what is identical in every environment; no ratio can touch it"))
        else:
            candidates = sorted({prefix for figure in figures for prefix in _prefixes(figure.path)})
            problems.append(Problem(where, f"names nothing that scales{nearest(path, candidates)}"))
    return problems


def _prefixes(path: str) -> list[str]:
    parts = path.split(".")
    return [".".join(parts[: index + 1]) for index in range(1, len(parts))]
