"""A refresh: plan, build beside, finish, verify, swap. Whatever fails, the old data stays and serves."""

from __future__ import annotations

import secrets
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import ExitStack, closing, suppress
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psycopg

from model.errors import ConfigurationError
from model.staging_data import PrivacyLevel, SourceType, StagingDataStrategy
from understudy.data.classify import Classified, classify
from understudy.data.connection import Place, connect
from understudy.data.copying import Copying, Report, pieces
from understudy.data.crew import Crew
from understudy.data.direction import prove_apart
from understudy.data.dump import Client
from understudy.data.evidence import signed, strategy_digest
from understudy.data.finishing import advance_sequences, analyse, grant, lift_sequences, refresh_views
from understudy.data.masking.columns import PlannedColumns
from understudy.data.masking.keys import MaskingKey
from understudy.data.plan import DataPlan, rules_of
from understudy.data.snapshot import Snapshot
from understudy.data.subset import Subset
from understudy.data.synthetic.synthetic import Synthetic, key_of
from understudy.data.target import Target, last_result
from understudy.data.told import telling
from understudy.data.verify.verify import document, verify

WORKERS = 2
Step = Callable[[str], None]


@dataclass(frozen=True)
class Settings:
    """How a refresh is run; none of it changes what it makes."""

    workers: int = WORKERS
    client: Client = field(default_factory=Client)
    maintenance: str = "postgres"
    """The database of staging's server to which the renaming session connects."""
    agreed: bool = False
    """Whether a database that no refresh made may be replaced."""
    signing_key: bytes | None = None
    """Signs the result; without one it says that it is unsigned."""
    report: Report = lambda table, rows: None  # noqa: ARG005
    on_step: Step = lambda step: None  # noqa: ARG005
    on_plan: Callable[[DataPlan], None] = lambda plan: None  # noqa: ARG005
    """Told the plan that is followed, before anything is copied."""


@dataclass(frozen=True)
class DataRefreshResult:
    """What a refresh did."""

    run: str
    source_type: str
    privacy_level: str
    fingerprint: str
    key_identifier: str
    strategy_digest: str
    """Of the strategy that was followed, so that a result can be told from one under another strategy."""
    finished_at: str
    """When the checks were done, in UTC."""
    rows: dict[str, int]
    """Rows loaded by table."""
    seconds: dict[str, float]
    """Time spent by step."""
    verification: dict[str, Any]
    """The checks' outcomes, before the swap."""
    notes: list[str] = field(default_factory=list)
    """What could not be carried over."""

    def document(self) -> dict[str, Any]:
        """The result as JSON-ready data."""
        return asdict(self)

    @property
    def accepted(self) -> bool:
        """Whether the new data is in place: it is not where a check failed."""
        return bool(self.verification["verdict"] == "clean")


class StagingDataManager:
    """Refreshes one staging database from one source."""

    def __init__(
        self, source: Place, target: Place, path: str, key: MaskingKey | None = None, settings: Settings | None = None
    ) -> None:
        self._source, self._target, self._path, self._key = source, target, path, key
        self._settings = settings or Settings()

    def check(self, strategy: StagingDataStrategy) -> DataPlan:
        """Everything that a refresh checks before it copies; nothing is written anywhere."""
        with ExitStack() as stack:
            snapshot = stack.enter_context(closing(Snapshot(self._source)))
            target = stack.enter_context(closing(Target(self._target, self._settings.maintenance)))
            prove_apart(snapshot.connection, target.connection)
            snapshot.connection.rollback()
            plan = snapshot.plan(strategy, self._path)
            target.prove_replaceable(agreed=self._settings.agreed)
            return plan

    def refresh_staging_data(self, strategy: StagingDataStrategy, plan: DataPlan | None = None) -> DataRefreshResult:
        """Fill staging anew. `plan` is one made before; the source must not have changed since.

        Raises ConfigurationError where anything stands against it, and BusyError where another refresh is running; the old data
        is in place then.
        """
        with ExitStack() as stack:
            snapshot = stack.enter_context(closing(Snapshot(self._source)))
            target = stack.enter_context(closing(Target(self._target, self._settings.maintenance)))
            prove_apart(snapshot.connection, target.connection)
            snapshot.connection.rollback()
            target.lock()
            copies = strategy.source_type is not SourceType.SYNTHETIC
            crew = stack.enter_context(Crew(self._settings.workers if copies else 0))
            made = plan or snapshot.plan(strategy, self._path)
            key = self._key if self._key and strategy.privacy_level is PrivacyLevel.STABLE else MaskingKey.fresh()
            if strategy.source_type is SourceType.SYNTHETIC:
                key = key_of(strategy.seed)
            elif strategy.privacy_level is PrivacyLevel.STABLE and self._key is None:
                key = MaskingKey.given()
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="understudy-data-")))
            return Refresh(snapshot, target, crew, made, key, folder, self._settings).run()


def plan_of(source: Place, strategy: StagingDataStrategy, path: str) -> DataPlan:
    """Bind a strategy to a source as it is. Raises ConfigurationError with every problem."""
    with closing(Snapshot(source)) as snapshot:
        return snapshot.plan(strategy, path)


def verification_of(source: Place, target: Place, strategy: StagingDataStrategy, path: str) -> dict[str, Any]:
    """Hold a loaded database against the source as it is now, which may have moved on since the refresh."""
    with closing(Snapshot(source)) as snapshot:
        with closing(connect(target, read_only=True)) as loaded:
            prove_apart(snapshot.connection, loaded)
        plan = snapshot.plan(strategy, path)
        snapshot.begin(plan)
        return {"refreshed": (last_result(target) or {}).get("run"), **document(verify(snapshot, target, plan))}


def classification_of(source: Place, strategy: StagingDataStrategy) -> list[Classified]:
    """What each column of a source holds, as far as the strategy, names, types and samples tell."""
    with closing(Snapshot(source)) as snapshot, telling("--source"):
        snapshot.prove_readable()
        return classify(snapshot.connection, snapshot.read()[0], rules_of(strategy))


class Refresh:
    """One run, step by step."""

    def __init__(
        self, snapshot: Snapshot, target: Target, crew: Crew, plan: DataPlan, key: MaskingKey, folder: Path, settings: Settings
    ) -> None:
        self._snapshot, self._target, self._crew, self._plan, self._key = snapshot, target, crew, plan, key
        self._folder, self._settings = folder, settings
        self._run = secrets.token_hex(8)
        self._rows: dict[str, int] = {table.full_name: 0 for table in plan.catalogue.tables if table.parent is None}
        self._seconds: dict[str, float] = {}
        self._notes: list[str] = []
        self._verification: dict[str, Any] = {"verdict": "violation", "checks": []}
        self._finished_at = ""
        self._step, self._since = "", time.monotonic()

    def run(self) -> DataRefreshResult:
        """Carry the refresh out."""
        self._settings.on_plan(self._plan)
        self._begin("prepare")
        self._target.prove_replaceable(agreed=self._settings.agreed)
        self._notes += [f"{name}, left by an interrupted refresh, was removed" for name in self._target.remove_leftovers()]
        self._snapshot.begin(self._plan)
        try:
            with ThreadPoolExecutor() as beside:
                self._build(beside)
            self._begin("verify")
            self._verify()
            if not self._result().accepted:
                self._target.drop(self._target.next)
                return self._result()
            self._begin("swap")
            self._target.finish(self._run, signed(self._result().document(), self._settings.signing_key))
            self._settings.on_step("before swap")
            self._target.swap(self._settings.on_step)
        except BaseException:
            with suppress(psycopg.Error, ConfigurationError):
                self._target.drop(self._target.next)
            raise
        self._begin("clean up")
        self._target.drop(self._target.previous)
        self._begin("done")
        return self._result()

    def _build(self, beside: Executor) -> None:
        client, settings = self._settings.client, self._settings
        source, dumped = self._snapshot.connection, self._folder / "schema"
        dumping = beside.submit(client.dump_schema, self._snapshot.place, dumped, self._snapshot.identifier)
        old_grants = beside.submit(self._old_grants, has_old=self._target.exists(self._target.database))
        self._begin("create")
        place = self._target.create_next(source, self._run)
        self._begin("schema")
        dumping.result()
        client.restore(place, dumped, "pre-data")
        self._begin("rows")
        self._copy(place)
        self._begin("sequences")
        with closing(connect(place)) as target:
            advance_sequences(source, target, self._plan.catalogue)
            if self._plan.strategy.source_type is SourceType.SYNTHETIC:
                lift_sequences(target, self._plan.catalogue)
        self._begin("indexes and keys")
        client.restore(place, dumped, "post-data", max(2, settings.workers))
        self._begin("views and statistics")
        refresh_views(source, place)
        analyse(place, max(1, settings.workers))
        self._begin("grants")
        statements, missed = old_grants.result()
        self._notes += [*missed, *grant(place, statements), *self._target.carry_settings()]

    def _old_grants(self, *, has_old: bool) -> tuple[list[str], list[str]]:
        """The statements that grant what the old database's objects are granted, and what could not be read, in words."""
        if not has_old:
            return [], []
        try:
            return self._settings.client.access(self._target.place, self._folder), []
        except ConfigurationError as error:
            return [], [f"the old database's grants could not be read: {error}"]

    def _copy(self, place: Place) -> None:
        columns = PlannedColumns(self._plan.catalogue, self._plan.columns)
        copying = Copying(self._snapshot.place, self._snapshot.identifier, place, columns, self._key)
        if self._plan.strategy.source_type is SourceType.MASKED:
            self._crew.copy(copying, pieces(columns), self._count)
            return
        if self._plan.strategy.source_type is SourceType.SYNTHETIC:
            with closing(connect(place)) as made, telling("synthetic"):
                Synthetic(self._snapshot.connection, made, self._plan, self._count).make()
            return
        with closing(connect(place)) as scratch, telling("subset"):
            subset = Subset(self._snapshot.connection, scratch, self._plan, self._key)
            subset.choose()
            self._crew.copy(copying, subset.pieces(), self._count)
            subset.drop()

    def _verify(self) -> None:
        loaded = self._target.place.named(self._target.next)
        self._verification = document(verify(self._snapshot, loaded, self._plan))
        self._finished_at = datetime.now(UTC).isoformat(timespec="seconds")

    def _count(self, table: str, rows: int) -> None:
        self._rows[table] += rows
        self._settings.report(table, rows)

    def _begin(self, step: str) -> None:
        now = time.monotonic()
        if self._step:
            self._seconds[self._step] = round(now - self._since, 3)
        self._step, self._since = step, now
        self._settings.on_step(step)

    def _result(self) -> DataRefreshResult:
        return DataRefreshResult(
            run=self._run,
            source_type=self._plan.strategy.source_type.value,
            privacy_level=self._plan.strategy.privacy_level.value,
            fingerprint=self._plan.fingerprint,
            key_identifier=self._key.identifier,
            strategy_digest=strategy_digest(self._plan.strategy),
            finished_at=self._finished_at,
            rows=dict(sorted(self._rows.items())),
            seconds=dict(self._seconds),
            verification=self._verification,
            notes=self._notes,
        )
