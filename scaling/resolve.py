"""Resolve: production and a staging file give the staging environment and the ledger."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from fractions import Fraction

from model.environment import Environment
from model.errors import ConfigurationError
from model.instance_types import find
from model.load import load_environment, load_staging
from model.parity import Scaled
from model.stack_configuration import StackConfiguration
from model.staging import Staging
from model.staging_data import StagingDataStrategy
from scaling.dependants import dependants
from scaling.derived import derived_figures
from scaling.figures import Figure, figures, leaves
from scaling.ladder import step_down
from scaling.ledger import Ledger, LedgerLine
from scaling.ratio import AppliedRatio, applied_ratio, override_problems
from scaling.replay import changed
from scaling.rounding import UNSCALED, scale_count


@dataclass(frozen=True)
class Resolution:
    """An environment, and the ledger that tells how it follows from production. The lead's own has no staging file."""

    production: Environment
    staging: Staging | None
    environment: Environment
    ledger: Ledger

    @property
    def data(self) -> Mapping[str, StagingDataStrategy]:
        """Where the data of its databases comes from, by store; the lead's own is its own."""
        return {} if self.staging is None else self.staging.data


def resolve(production: Environment, staging: Staging) -> Resolution:
    """Derive staging. Raises ConfigurationError for overrides that touch nothing and for results that are no valid model."""
    known = list(figures(production))
    problems = override_problems(staging.scaling, known, [path for path, _, _ in leaves(production)])
    if problems:
        raise ConfigurationError(problems)
    lines = {figure.path: _line(production, figure, applied_ratio(staging.scaling, figure)) for figure in known}
    scaled: dict[str, int | str] = {path: line.result for path, line in lines.items() if not isinstance(line.result, float)}
    pools = _recomputed(production)
    scaled |= pools
    for adjustment in dependants(production, scaled):
        path, value, rule = adjustment.path, adjustment.value, adjustment.rule
        lines[path] = (
            replace(lines[path], result=value, rule=rule)
            if path in lines
            else LedgerLine(path, pools[path], 1.0, pools[path], value, rule, "dependants", "dependant")
        )
    changes = {path: line.result for path, line in lines.items() if line.changed}
    environment = changed(production, staging, changes)
    kept = [line for line in lines.values() if line.changed or line.ratio != 1]
    derived = _derived_lines(production, environment)
    ledger = Ledger(tuple(sorted((*kept, *derived), key=lambda line: line.path)))
    return Resolution(production, staging, environment, ledger)


def resolve_stack(configuration: StackConfiguration) -> Resolution:
    """A stack's environment: the model as it stands for the lead, or staging as derived from it.

    Raises ConfigurationError with every problem.
    """
    production = load_environment(configuration.model)
    problems = configuration.role_problems(production.identity.environment)
    if problems:
        raise ConfigurationError(problems)
    if not configuration.own:
        return Resolution(production, None, production, Ledger(()))
    return resolve(production, load_staging(configuration.own, production))


def _line(production: Environment, figure: Figure, ratio: AppliedRatio) -> LedgerLine:
    if isinstance(figure.scale, Scaled):
        if not isinstance(figure.value, int):
            raise TypeError(f"{figure.path} is declared as a count and holds {figure.value!r}")
        product, count, rule = scale_count(figure.value, ratio.value, figure.scale)
        return LedgerLine(figure.path, figure.value, float(ratio.value), number(product), count, rule, ratio.source, "continuous")
    name = str(figure.value)
    aurora = figure.scale.service == "rds" and production.stores[figure.path.split(".")[1]].kind == "aurora"
    now = find(figure.scale.service, name)
    result = step_down(figure.scale.service, name, ratio.value, aurora=aurora)
    wanted = f"{number(now.vcpu * ratio.value)} vCPU, {number(now.memory_mib * ratio.value)} MiB"
    if ratio.value == 1:
        rule = UNSCALED
    elif result.name == name:
        rule = f"no smaller real size of {now.family} holds it"
    elif result.vcpu == now.vcpu * ratio.value:
        rule = f"a real size of {now.family}"
    else:
        rule = f"the next larger real size of {now.family}"
    return LedgerLine(figure.path, name, float(ratio.value), wanted, result.name, rule, ratio.source, "ladder")


def _recomputed(production: Environment) -> dict[str, int | str]:
    return {
        f"services.{name}.pools.{store}.connections": pool.connections
        for name, service in production.services.items()
        for store, pool in service.pools.items()
    }


def _derived_lines(production: Environment, environment: Environment) -> list[LedgerLine]:
    before = {figure.path: figure for figure in derived_figures(production)}
    return [
        LedgerLine(
            figure.path,
            old.value,
            round(figure.value / old.value, 6),
            figure.value,
            figure.value,
            figure.formula,
            "derived",
            "derived",
        )
        for figure in derived_figures(environment)
        if (old := before[figure.path]).value != figure.value
    ]


def number(value: Fraction) -> int | float:
    """A fraction as a number that prints well: whole where it is, else with six decimals."""
    return int(value) if value.denominator == 1 else round(float(value), 6)
