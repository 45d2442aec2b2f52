"""Explain: the story of one figure, from the model's value to staging's."""

from __future__ import annotations

from model.errors import ConfigurationError, Problem, nearest
from model.parity import Isolated, Ladder, Recomputed, Release, Scaled
from scaling.figures import leaves
from scaling.represented_load import represented_load
from scaling.resolve import Resolution


def explain(resolution: Resolution, path: str) -> list[str]:
    """Sentences that tell why a figure is what it is in staging.

    Raises ConfigurationError, naming the nearest path, where the model has no such figure.
    """
    production, staging, line = resolution.production, resolution.staging, resolution.ledger.get(path)
    known = {leaf: (value, parity) for leaf, value, parity in leaves(production)}
    if line is not None and staging is not None:
        story = [
            f"{path}: {line.production} in production, {line.result} in {staging.identity.environment}.",
            f"Ratio {line.ratio:g}, from {line.source}." if line.kind != "derived" else f"Derived: {line.rule}.",
        ]
        if line.kind != "derived":
            story.append(f"Exactly {line.exact}; {line.rule}.")
        override = line.source.removeprefix("scaling.overrides.")
        if override in staging.scaling.overrides:
            story.append(f"Reason of the override: {staging.scaling.overrides[override].reason}.")
        return story + _bounds(resolution, path)
    if path in known:
        value, parity = known[path]
        return [f"{path}: {value} in production.", _unscaled(parity)]
    below = sorted(leaf for leaf in known if leaf.startswith(f"{path}."))
    if below:
        return [f"{path} holds:", *(f"  {leaf}" for leaf in below)]
    candidates = sorted({*known, *(entry.path for entry in resolution.ledger)})
    raise ConfigurationError([Problem(path, f"names nothing in the model{nearest(path, candidates)}")])


def _unscaled(parity: object) -> str:
    if isinstance(parity, Scaled | Ladder):
        return f"It follows the ratio of {parity.by.value}, for which the stack file gives none: unchanged."
    if isinstance(parity, Recomputed):
        return "It is recomputed from scaled figures, and nothing asked for another value: unchanged."
    if isinstance(parity, Isolated):
        return "Isolated: it must differ between environments, and stands in each environment's identity."
    if isinstance(parity, Release):
        return "Release: staging runs the same, unless its `releases` name a newer candidate."
    return "Identical: no ratio can touch it."


def _bounds(resolution: Resolution, path: str) -> list[str]:
    item = ".".join(path.split(".")[:2])
    return [
        f"It bounds the critical path {load.path}: {load.represented_requests_per_second:g} of "
        f"{load.peak_requests_per_second:g} requests a second represent production's peak."
        for load in represented_load(resolution.production, resolution.environment)
        if load.bound_by == item
    ]
