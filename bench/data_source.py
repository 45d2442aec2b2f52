"""The databases that the benchmarks of staging's data read: persons with orders, and employees in a circle with departments."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from model.staging_data import StagingDataStrategy
from tools.faults.bed import masked
from understudy.data.connection import Connection, connect
from understudy.data.demo import create
from understudy.data.roles import make_filler, make_reader
from understudy.data.server import Server

SCRIPT = """
CREATE TABLE department (id int PRIMARY KEY, name text NOT NULL, head_id int);
CREATE TABLE employee (id int PRIMARY KEY, name text NOT NULL, manager_id int REFERENCES employee, department_id int NOT NULL REFERENCES department);
CREATE TABLE person (
    id int PRIMARY KEY, email text NOT NULL UNIQUE, name text NOT NULL, phone text, national_id text NOT NULL, born date NOT NULL,
    country char(2) NOT NULL, employee_id int NOT NULL REFERENCES employee, note text, balance numeric(12, 2) NOT NULL
);
CREATE TABLE orders (
    id bigint PRIMARY KEY, person_id int NOT NULL REFERENCES person, placed timestamptz NOT NULL, amount numeric(10, 2) NOT NULL, status text NOT NULL
);
INSERT INTO department SELECT d, 'Department ' || d, d FROM generate_series(1, 100) d;
INSERT INTO employee SELECT e, 'Employee ' || e, CASE WHEN e > 100 THEN 1 + e % 100 END, 1 + e % 100 FROM generate_series(1, 10000) e;
ALTER TABLE department ADD FOREIGN KEY (head_id) REFERENCES employee DEFERRABLE INITIALLY DEFERRED;
INSERT INTO person SELECT p, 'person.' || p || '@mail' || p % 97 || '.org', 'Given' || p % 4001 || ' Family' || p % 7919, '+49 30 ' || 5550000 + p,
    lpad(((p::bigint * 7919) % 100000000000)::text, 11, '8'), date '1940-01-01' + (p * 37) % 25000, (ARRAY['DE', 'FR', 'SE', 'IS'])[1 + p % 4],
    1 + p % 10000, CASE WHEN p % 10 = 0 THEN 'Called Given' || p % 4001 || ' at +49 30 ' || 5550000 + p || ' about the order' END, (p % 100000) / 100.0
    FROM generate_series(1, {persons}) p;
INSERT INTO orders SELECT o, 1 + o % {persons}, timestamptz '2024-01-01' + (o % 700) * interval '1 day', (o % 50000) / 100.0, (ARRAY['open', 'paid', 'sent'])[1 + o % 3]
    FROM generate_series(1, {orders}) o;
CREATE INDEX orders_by_person ON orders (person_id);
VACUUM ANALYZE;
"""
MASKED = {"email": "email", "name": "full_name", "phone": "phone", "national_id": "shape", "note": "redact"}
KEPT = (
    "department.name", "department.id", "employee.name", "employee.id", "person.id", "person.born", "person.country", "person.balance",
    "orders.id", "orders.placed", "orders.amount", "orders.status",
)  # fmt: skip
SPEED = {"shared_buffers": "1GB", "log_statement": "none", "maintenance_work_mem": "256MB", "max_wal_size": "8GB", "fsync": "on"}


@contextmanager
def servers(persons: int) -> Iterator[tuple[Server, Server]]:
    """Production with its persons, twice as many orders and a reader; an empty staging with a role that fills it."""
    with Server(settings=SPEED) as production, Server(settings=SPEED) as staging:
        make_reader(production)
        make_filler(staging)
        fill(production, "shop", persons)
        yield production, staging


def fill(server: Server, database: str, persons: int) -> None:
    """Make a database of so many persons."""
    create(server, database, "REVOKE CREATE ON SCHEMA public FROM PUBLIC")
    with closing(connect(server.place(database=database), autocommit=True)) as connection:
        for statement in SCRIPT.format(persons=persons, orders=2 * persons).split(";\n"):
            if statement.strip():
                connection.execute(statement.encode())


def strategy() -> StagingDataStrategy:
    """Every column classified, five of them masked."""
    kept = {column: {"mask": "keep", "reason": "Made up for measuring"} for column in KEPT}
    return masked({**kept, **{f"person.{column}": {"mask": mask} for column, mask in MASKED.items()}})


def version(connection: Connection) -> str:
    """The server's version."""
    row = connection.execute("SHOW server_version").fetchone()
    return str(row[0]) if row else ""


def scratch() -> Path:
    """A folder for what a benchmark writes."""
    return Path(tempfile.mkdtemp(prefix="understudy-bench-"))
