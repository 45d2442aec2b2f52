"""Replay: the environment that a ledger's own results give, without scaling anything again."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from model.environment import Environment
from model.errors import ConfigurationError, Problem
from model.load import revalidated
from model.staging import Staging
from scaling.ledger import LedgerLine


def replay(production: Environment, staging: Staging, ledger: Iterable[LedgerLine]) -> Environment:
    """The environment that the ledger's own results give, without scaling anything again."""
    return changed(production, staging, {line.path: line.result for line in ledger if line.kind != "derived" and line.changed})


def changed(production: Environment, staging: Staging, changes: Mapping[str, int | float | str]) -> Environment:
    """Production under staging's identity, with these figures and staging's release candidates.

    Raises ConfigurationError where the result is no valid model.
    """
    replaced: dict[str, object] = {"identity": staging.identity.model_dump(mode="json"), **changes}
    replaced |= {f"services.{name}.image.tag": tag for name, tag in staging.releases.items()}
    try:
        return revalidated(production, replaced)
    except ConfigurationError as error:
        raise ConfigurationError(
            Problem(problem.path.removeprefix("environment."), f"as scaled for staging: {problem.message}")
            for problem in error.problems
        ) from error
