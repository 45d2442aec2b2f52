"""The bed of the experiments: two servers, the demonstration's database, and refreshes in processes that can be killed."""

from __future__ import annotations

import hashlib
import os
import signal
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any

import psycopg

from model.errors import ConfigurationError
from model.staging_data import StagingDataStrategy
from understudy.commands.exit_codes import BAD_INPUT, BUSY, INTERNAL
from understudy.data.connection import Place, connect
from understudy.data.demo import create, demo_script, demo_strategy
from understudy.data.dump import Client
from understudy.data.refresh import DataRefreshResult, Settings, StagingDataManager
from understudy.data.roles import administer, make_filler, make_reader
from understudy.data.server import Server
from understudy.data.target import BusyError

FAULTY = {"max_connections": "80"}
BUSY_SECONDS = 20
"""How long a killed refresh's sessions may take to notice that they are alone."""
_numbers = count(1)


@dataclass(frozen=True)
class Figure:
    """What one experiment measured."""

    name: str
    goal: str
    measured: str
    holds: bool
    samples: list[dict[str, Any]] = field(default_factory=list)

    def line(self) -> str:
        """The figure as a line."""
        return f"{'✓' if self.holds else '✗'} {self.name}: {self.measured} (goal: {self.goal})"


@dataclass(frozen=True)
class Bed:
    """Production with the demonstration's database and a reader, and an empty staging with a role that fills it."""

    production: Server
    staging: Server
    programs: Path | None = None
    """Where the servers' programs were asked for."""

    @property
    def source(self) -> Place:
        """Production, as its reader."""
        return self.production.place("source", "shop", "reader")

    def target(self, name: str | None = None) -> Place:
        """A database of staging, a new one by default."""
        return self.staging.place("target", name or f"t{next(_numbers)}", "filler")

    def made(self, script: str) -> Place:
        """A new database of production, filled by a script."""
        name = f"s{next(_numbers)}"
        create(self.production, name, script)
        return self.production.place("source", name, "reader")

    def manager(self, target: Place, source: Place | None = None, **settings: Any) -> StagingDataManager:
        """What refreshes a database."""
        made = Settings(**{"workers": 1, "client": Client(self.production.bin), **settings})
        return StagingDataManager(source or self.source, target, "data.faults", settings=made)


@contextmanager
def bed(programs: Path | None = None) -> Iterator[Bed]:
    """Start the servers, and stop them."""
    with ExitStack() as stack:
        production, staging = (stack.enter_context(Server(programs, FAULTY)) for _ in range(2))
        make_reader(production)
        administer(production, "CREATE ROLE writer LOGIN")
        make_filler(staging)
        create(production, "shop", demo_script())
        yield Bed(production, staging, programs)


def rotated() -> StagingDataStrategy:
    """The demonstration's strategy with a new key for each refresh, so that no two refreshes make the same rows."""
    return StagingDataStrategy.model_validate(
        {**demo_strategy().model_dump(mode="json"), "privacy_level": "rotated"}, strict=False
    )


def masked(columns: Mapping[str, Any], **changes: Any) -> StagingDataStrategy:
    """A strategy that copies every row and masks columns by these rules, with fields changed."""
    raw = {"source_type": "masked", "refresh_frequency": "on-demand", "privacy_level": "rotated", "volume_scale": 1.0}
    return StagingDataStrategy.model_validate({**raw, "columns": columns, **changes}, strict=False)


def digest(place: Place) -> str:
    """A digest of every row of every table of a database, its marker among them."""
    whole = hashlib.sha256()
    with closing(connect(place)) as connection:
        tables = connection.execute(
            "SELECT c.oid::regclass::text FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace "
            "WHERE c.relkind IN ('r', 'm') AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema' ORDER BY 1"
        ).fetchall()
        for (table,) in tables:
            query = f"SELECT count(*), md5(coalesce(string_agg(md5(t::text), '' ORDER BY md5(t::text)), '')) FROM {table} t"
            whole.update(f"{table} {connection.execute(query.encode()).fetchone()}\n".encode())
    return whole.hexdigest()


def databases(server: Server) -> list[str]:
    """The names of a server's databases."""
    with closing(connect(server.place())) as connection:
        return [name for (name,) in connection.execute("SELECT datname FROM pg_database ORDER BY 1").fetchall()]


def in_process(work: Callable[[], object]) -> int:
    """Carry work out in a process that leads a group of its own, and can be killed with all that it started; its id."""
    child = os.fork()
    if child:
        return child
    code = INTERNAL
    try:
        os.setsid()
        quiet = os.open(os.devnull, os.O_WRONLY)
        os.dup2(quiet, 1)
        os.dup2(quiet, 2)
        work()
        code = 0
    except BusyError:
        code = BUSY
    except (ConfigurationError, psycopg.Error):
        code = BAD_INPUT
    finally:
        os._exit(code)


def ended(child: int, seconds: float) -> int | None:
    """The exit code of a process; None where it still runs after so long, and is then killed with its group."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        done, status = os.waitpid(child, os.WNOHANG)
        if done:
            return os.waitstatus_to_exitcode(status)
        time.sleep(0.002)
    kill(child)
    return None


def kill(child: int) -> None:
    """End a process and all that it started, at once."""
    try:
        os.killpg(child, signal.SIGKILL)
    except ProcessLookupError:
        os.kill(child, signal.SIGKILL)  # it has not become a leader yet
    os.waitpid(child, 0)


def next_refresh(manager: StagingDataManager, strategy: StagingDataStrategy) -> DataRefreshResult:
    """Refresh; wait a little where the sessions of a killed refresh have not noticed yet."""
    until = time.monotonic() + BUSY_SECONDS
    while True:
        try:
            return manager.refresh_staging_data(strategy)
        except BusyError:
            if time.monotonic() > until:
                raise
            time.sleep(0.05)
