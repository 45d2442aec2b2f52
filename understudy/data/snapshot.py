"""One moment of the source: a transaction whose snapshot every worker shares, on tables that nobody can alter meanwhile."""

from __future__ import annotations

from psycopg import sql

from model.errors import ConfigurationError, Problem
from model.staging_data import StagingDataStrategy
from understudy.data.catalogue import Catalogue, read_catalogue
from understudy.data.connection import Connection, Place, connect
from understudy.data.direction import prove_read_only, prove_readable
from understudy.data.exported_snapshot import export, join
from understudy.data.key_query import unplannable
from understudy.data.plan import DataPlan, make_plan
from understudy.data.structure import Structure, differences, read_structure
from understudy.data.told import telling

SHOWN = 5


class Snapshot:
    """A source at one moment. Close it when everything is read."""

    def __init__(self, place: Place) -> None:
        self.place = place
        self.connection: Connection = connect(place, read_only=True)
        self.identifier = ""
        with telling("--source"):
            prove_read_only(self.connection)
            self.connection.rollback()

    def prove_readable(self) -> None:
        """Refuse a source of which the role would not see every row. Raises ConfigurationError."""
        with telling("--source"):
            prove_readable(self.connection)
            self.connection.rollback()

    def read(self) -> tuple[Catalogue, Structure]:
        """The catalogue and the structure as they are now."""
        with telling("--source"):
            try:
                return read_catalogue(self.connection), read_structure(self.connection)
            finally:
                self.connection.rollback()

    def plan(self, strategy: StagingDataStrategy, path: str) -> DataPlan:
        """A strategy bound to the source as it is now. Raises ConfigurationError with every problem, as paths below `path`."""
        self.prove_readable()
        made = make_plan(strategy, *self.read(), path)
        if problems := list(unplannable(self.connection, strategy.key_queries, path)):
            raise ConfigurationError(problems)
        return made

    def begin(self, plan: DataPlan) -> None:
        """Lock the plan's tables against change, take the snapshot, and see that the plan still holds.

        LOCK takes no snapshot of its own, so what the snapshot shows is what the locks protect. Raises ConfigurationError naming
        what changed since the plan was made; nothing has been copied then.
        """
        tables = [sql.Identifier(table.schema, table.name) for table in plan.catalogue.tables]
        changed = None
        with telling("--source"):
            try:
                if tables:
                    self.connection.execute(sql.SQL("LOCK TABLE {} IN ACCESS SHARE MODE").format(sql.SQL(", ").join(tables)))
            except Exception:
                self.connection.rollback()
                changed = differences(plan.structure, self.read()[1])
                if not changed:
                    raise
            if changed is None:
                self.identifier = export(self.connection)
                changed = differences(plan.structure, read_structure(self.connection))
        if changed:
            self.connection.rollback()
            more = f" and {len(changed) - SHOWN} more" if len(changed) > SHOWN else ""
            message = f"the source changed since the plan was made: {'; '.join(changed[:SHOWN])}{more}; plan again"
            raise ConfigurationError([Problem("--source", message)])

    def join(self) -> Connection:
        """Another session that sees the same moment."""
        return join(self.place, self.identifier)

    def close(self) -> None:
        """Let go of the snapshot and the locks."""
        self.connection.close()
