"""Schema changes between plan and copy: each must stop a refresh before a database is made, and be named."""

from __future__ import annotations

from contextlib import closing

from model.errors import ConfigurationError
from model.staging_data import StagingDataStrategy
from tools.faults.bed import Bed, Figure, databases, masked
from understudy.data.connection import connect
from understudy.data.refresh import plan_of

BASE = """
REVOKE CREATE ON SCHEMA public FROM PUBLIC;
CREATE TYPE mood AS ENUM ('sad', 'glad');
CREATE DOMAIN short AS text CHECK (length(VALUE) < 100);
CREATE TYPE pair AS (a int, b text);
CREATE SEQUENCE extra;
CREATE SCHEMA elsewhere;
CREATE TABLE person (id int PRIMARY KEY, name text NOT NULL, mail varchar(80), mood mood, tag short, doc jsonb, twice int GENERATED ALWAYS AS (id * 2) STORED);
CREATE TABLE visit (id int NOT NULL, at date NOT NULL, person_id int REFERENCES person, PRIMARY KEY (id, at)) PARTITION BY RANGE (at);
CREATE TABLE visit_old PARTITION OF visit FOR VALUES FROM ('2020-01-01') TO ('2021-01-01');
CREATE INDEX by_mail ON person (mail);
CREATE VIEW seen AS SELECT name FROM person;
CREATE MATERIALIZED VIEW best AS SELECT id FROM person;
CREATE FUNCTION shout(text) RETURNS text LANGUAGE sql IMMUTABLE AS 'SELECT upper($1)';
CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
CREATE TRIGGER touched BEFORE UPDATE ON person FOR EACH ROW EXECUTE FUNCTION touch();
CREATE STATISTICS linked ON name, mail FROM person;
INSERT INTO person (id, name, mail, tag) VALUES (1, 'One', 'one@mail.org', 'one');
"""
RULES = {
    "person.id": "keep", "person.name": "full_name", "person.mail": "email", "person.tag": "redact", "person.doc": "json",
    "visit.id": "keep", "visit.at": "keep",
}  # fmt: skip
CHANGES = (
    "ALTER TABLE person ADD COLUMN added text",
    "ALTER TABLE person DROP COLUMN doc",
    "ALTER TABLE person RENAME COLUMN name TO title",
    "ALTER TABLE person ALTER COLUMN mail TYPE text",
    "ALTER TABLE person ALTER COLUMN mail SET NOT NULL",
    "ALTER TABLE person ALTER COLUMN name DROP NOT NULL",
    "ALTER TABLE person ALTER COLUMN mail SET DEFAULT 'none'",
    "ALTER TABLE person ALTER COLUMN doc TYPE json USING doc::json",
    "ALTER TABLE person ADD COLUMN thrice int GENERATED ALWAYS AS (id * 3) STORED",
    "ALTER TABLE person ALTER COLUMN twice DROP EXPRESSION",
    "ALTER TABLE person ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY",
    'ALTER TABLE person ALTER COLUMN mail TYPE varchar(80) COLLATE "C"',
    "CREATE TABLE another (id int)",
    "CREATE UNLOGGED TABLE another (id int)",
    "DROP TABLE visit",
    "ALTER TABLE person RENAME TO human",
    "CREATE SCHEMA hidden CREATE TABLE secret (id int)",
    "ALTER TABLE person SET SCHEMA elsewhere",
    "CREATE TABLE visit_new PARTITION OF visit FOR VALUES FROM ('2021-01-01') TO ('2022-01-01')",
    "ALTER TABLE visit DETACH PARTITION visit_old",
    "CREATE TABLE visit_rest PARTITION OF visit DEFAULT",
    "CREATE TABLE heir () INHERITS (person)",
    "ALTER TYPE mood ADD VALUE 'mad'",
    "ALTER TYPE mood RENAME VALUE 'sad' TO 'blue'",
    "ALTER DOMAIN short ADD CONSTRAINT word CHECK (VALUE !~ ' ')",
    "ALTER DOMAIN short SET NOT NULL",
    "ALTER TYPE pair ADD ATTRIBUTE c text",
    "CREATE TYPE span AS RANGE (subtype = int4)",
    "CREATE VIEW leak AS SELECT mail FROM person",
    "CREATE OR REPLACE VIEW seen AS SELECT name::text AS name FROM person WHERE id > 0",
    "CREATE MATERIALIZED VIEW leaked AS SELECT mail FROM person",
    "CREATE UNIQUE INDEX one_mail ON person (mail)",
    "DROP INDEX by_mail",
    "ALTER TABLE person ADD CONSTRAINT plausible CHECK (id > 0)",
    "ALTER TABLE visit DROP CONSTRAINT visit_person_id_fkey",
    "ALTER TABLE person ENABLE ROW LEVEL SECURITY",
    "CREATE POLICY own ON person USING (true)",
    "CREATE OR REPLACE FUNCTION shout(text) RETURNS text LANGUAGE sql IMMUTABLE AS 'SELECT lower($1)'",
    "ALTER TABLE person DISABLE TRIGGER touched",
    "CREATE RULE ignored AS ON DELETE TO person DO INSTEAD NOTHING",
    "ALTER SEQUENCE extra INCREMENT BY 5",
    "DROP STATISTICS linked",
)


def drift(bed: Bed, changes: int | None = None) -> Figure:
    """Change the schema after the plan was made, once for each change."""
    samples = []
    for change in CHANGES[:changes]:
        source, target = bed.made(BASE), bed.target()
        strategy = _strategy()
        plan = plan_of(source, strategy, "data.faults")
        with closing(connect(bed.production.place(database=source.database), autocommit=True)) as connection:
            connection.execute(change.encode())
        told = ""
        try:
            bed.manager(target, source).refresh_staging_data(strategy, plan)
        except ConfigurationError as error:
            told = str(error)
        made = [name for name in databases(bed.staging) if name.startswith(target.database)]
        samples.append({"change": change, "told": told, "made": made})
    good = [sample for sample in samples if "the source changed since the plan was made" in sample["told"] and not sample["made"]]
    measured = f"{len(good)} of {len(samples)} refused"
    return Figure(
        "schema changed after the plan", "all refused before a byte is copied", measured, len(good) == len(samples), samples
    )


def _strategy() -> StagingDataStrategy:
    rules = {name: {"mask": mask, **({"reason": "Numbers"} if mask == "keep" else {})} for name, mask in RULES.items()}
    return masked(rules)
