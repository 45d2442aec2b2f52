"""Planted values: in columns of every type under every mask, and none of them may be anywhere after a refresh."""

from __future__ import annotations

import base64
import json
import os
import random
import subprocess
import sys
import tempfile
import threading
import time
import uuid
from collections.abc import Callable, Mapping
from contextlib import closing
from pathlib import Path

import yaml
from psycopg import sql

from tools.faults.bed import Bed, Figure, masked
from tools.faults.scanner import MAGIC, files, forms, occurrences
from understudy.data.catalogue import read_catalogue
from understudy.data.connection import Place, connect
from understudy.data.masking.choose import allowed

Plant = Callable[[random.Random], tuple[str, str]]
"""A canary, and the SQL literal that holds it."""
EXTENSIONS = {"citext": "citext", "hstore": "hstore"}
UNMASKED = ("keep", "nullify")


def _word(drawn: random.Random) -> str:
    return MAGIC + "".join(drawn.choices("ABCDEFGHJKLMNPQRSTUVWXYZ23456789", k=14))


def _in(template: str) -> Plant:
    def plant(drawn: random.Random) -> tuple[str, str]:
        word = _word(drawn)
        return word, template.replace("@", word)

    return plant


def _digits(count: int) -> Plant:
    def plant(drawn: random.Random) -> tuple[str, str]:
        number = str(drawn.randrange(10 ** (count - 1), 10**count))
        return number, number

    return plant


def _quoted(make: Callable[[random.Random], str]) -> Plant:
    def plant(drawn: random.Random) -> tuple[str, str]:
        text = make(drawn)
        return text, f"'{text}'"

    return plant


DAY = "07-02"
"""Of each planted date. A mask moves dates by up to half a year and never by none, so none becomes another of this day by chance."""
PLANTS: Mapping[str, tuple[Plant, ...]] = {
    "text": (_in("'@'"), _in("'please call @, it is urgent'"), _in("'{\"deep\": \"@\"}'")),
    "varchar(200)": (_in("'@'"),),
    "char(60)": (_in("'@'"),),
    "name": (_in("'@'"),),
    "citext": (_in("'@'"),),
    "word": (_in("'@'"),),
    "bytea": (_in("convert_to('@', 'UTF8')"),),
    "jsonb": (_in("'{\"who\": \"@\"}'"), _in("'[{\"deep\": [\"x\", \"about @ here\"]}]'"), _in("'{\"@ 1\": 1}'"), _in("'\"@\"'")),
    "json": (_in("'{\"who\": \"@\"}'"), _in("'{\"@ 1\": {\"@ 2\": null}}'")),
    "text[]": (_in("ARRAY['x', '@']"), _in("ARRAY[['a \"quoted\" @', 'b'], ['c', NULL]]")),
    "varchar(80)[]": (_in("ARRAY['@']"),),
    "jsonb[]": (_in("ARRAY['{\"who\": \"@\"}']::jsonb[]"),),
    "xml": (_in("'<who>@</who>'"),),
    "tsvector": (_in("to_tsvector('simple', '@')"),),
    "hstore": (_in("'who => @'"),),
    "pair": (_in("ROW(1, '@')"),),
    "int8": (_digits(18),),
    "numeric": (_digits(30),),
    "float8": (_digits(15),),
    "uuid": (_quoted(lambda drawn: str(uuid.UUID(int=drawn.getrandbits(128), version=4))),),
    "inet": (_quoted(lambda drawn: "2a02:" + ":".join(f"{drawn.randrange(4096, 65536):x}" for _ in range(7))),),
    "cidr": (_quoted(lambda drawn: "2a02:" + ":".join(f"{drawn.randrange(4096, 65536):x}" for _ in range(7))),),
    "macaddr": (_quoted(lambda drawn: ":".join(f"{drawn.randrange(16, 256):02x}" for _ in range(6))),),
    "timestamptz": (_quoted(lambda drawn: f"19{drawn.randrange(50, 99)}-{DAY} 03:04:05.{drawn.randrange(100_000, 999_999)}+00"),),
    "int8range": (_quoted(lambda drawn: f"[{drawn.randrange(10**15, 10**16)},{10**17})"),),
    "varbit": (lambda drawn: ((bits := f"{drawn.getrandbits(80):080b}"), f"B'{bits}'"),),
    "interval": (_quoted(lambda drawn: f"{drawn.randrange(10**5, 10**6)} days"),),
    "point": (_quoted(lambda drawn: f"({drawn.randrange(10**7, 10**8)},{drawn.randrange(10**7, 10**8)})"),),
}  # fmt: skip


KINDS = "REVOKE CREATE ON SCHEMA public FROM PUBLIC; CREATE DOMAIN word AS text; CREATE TYPE pair AS (a int, b text)"
"""Makes those of the types that PostgreSQL does not have."""
TEXTS = ("text", "varchar(200)", "char(60)", "name", "citext", "word", "text[]", "varchar(80)[]")
FITTING: Mapping[str, Plant] = {
    "json": PLANTS["text"][2],
    "date": _quoted(lambda drawn: f"19{drawn.randrange(50, 99)}-{DAY}"),
}
"""What a text holds whose mask reads no other; days are too few to be told from chance, so none of those counts."""


def canaries(bed: Bed, number: int, seed: int, *, deep: bool = True) -> Figure:
    """Plant, refresh by the command itself, and look everywhere; `deep` looks into the files of the new database as well."""
    drawn = random.Random(seed)
    source, target = (
        bed.made(KINDS),
        bed.target(),
    )
    rules, columns = tables(bed, source)
    words = planted(bed, source, rules, columns, number, drawn)
    logged = {server: server.log.stat().st_size for server in (bed.production, bed.staging)}
    with tempfile.TemporaryDirectory() as folder:
        outputs, code = _refreshed(bed, source, target, rules, Path(folder))
    if code:
        told = outputs["output"].decode(errors="replace")[-2000:]
        return Figure(
            "planted values", "none survives", "the refresh failed", holds=False, samples=[{"code": code, "output": told}]
        )
    where = {"dump": _dump(bed, target), **outputs}
    for name, server in (("log of production", bed.production), ("log of staging", bed.staging)):
        where[name] = server.log.read_bytes()[logged[server] :]
    wanted = {form for word in words for form in (forms(word) if word.startswith(MAGIC) else _plain(word))} | forms(MAGIC)
    found = {name: seen for name, content in where.items() if (seen := occurrences(content, wanted))}
    with closing(connect(bed.staging.place(), autocommit=True)) as connection:
        connection.execute("CHECKPOINT")
        row = connection.execute("SELECT oid::text FROM pg_database WHERE datname = %s", [target.database]).fetchone()
    magic = forms(MAGIC)
    for path, chunk in files(bed.staging.folder / "data/base" / str(row[0] if row else "")) if deep else ():
        if seen := occurrences(chunk, magic):
            found[f"file {path}"] = seen
    kinds = len({kind for _, kind, _ in columns})
    measured = f"{len(words)} planted in {len(columns)} columns of {kinds} types, under every mask; found in {len(found)} places"
    samples: list[dict[str, object]] = [{"where": name, "forms": seen[:5]} for name, seen in found.items()]
    holds = code == 0 and not found and len(words) >= number
    return Figure("planted values", "none in staging, its files, logs, evidence, output or argv", measured, holds, samples)


def _plain(word: str) -> set[bytes]:
    return {word.encode(), word.upper().encode(), word.replace("-", "").encode()}


def tables(bed: Bed, source: Place) -> tuple[dict[str, dict[str, object]], list[tuple[str, str, str]]]:
    """A table for each type, with a column for each mask that it can have; the rules, and table, type and column."""
    rules: dict[str, dict[str, object]] = {}
    columns: list[tuple[str, str, str]] = []
    with closing(connect(bed.production.place(database=source.database), autocommit=True)) as connection:
        for place, kind in enumerate(PLANTS):
            if kind in EXTENSIONS:
                there = connection.execute("SELECT FROM pg_available_extensions WHERE name = %s", [EXTENSIONS[kind]]).fetchone()
                if there is None:
                    continue
                connection.execute(f"CREATE EXTENSION {EXTENSIONS[kind]}".encode())
            connection.execute(f"CREATE TABLE probe{place} (c {kind})".encode())
            catalogue = read_catalogue(connection)
            fitting = {str(mask) for mask in allowed(catalogue.by_name[f"public.probe{place}"].column("c"))}
            masks = sorted(fitting - set(UNMASKED)) or ["nullify"]
            connection.execute(f"DROP TABLE probe{place}".encode())
            listed = ", ".join(f"c{number} {kind}" for number in range(len(masks)))
            connection.execute(f"CREATE TABLE t{place} ({listed})".encode())
            for number, mask in enumerate(masks):
                rules[f"t{place}.c{number}"] = {"mask": mask}
                columns.append((f"t{place}", kind, f"c{number}"))
    return rules, columns


def planted(
    bed: Bed,
    source: Place,
    rules: dict[str, dict[str, object]],
    columns: list[tuple[str, str, str]],
    number: int,
    drawn: random.Random,
) -> list[str]:
    """Plant so many, column after column; the canaries."""
    words: list[str] = []
    with closing(connect(bed.production.place(database=source.database), autocommit=True)) as connection:
        place = 0
        while len(words) < number:
            table, kind, column = columns[place % len(columns)]
            plants = PLANTS[kind]
            mask = rules[f"{table}.{column}"]["mask"]
            if kind in TEXTS and mask in FITTING:
                plants = (FITTING[str(mask)],)
            word, literal = plants[(place // len(columns)) % len(plants)](drawn)
            if kind.endswith("[]") and not literal.startswith("ARRAY"):
                literal = f"ARRAY[{literal}]"
            name = sql.Identifier(table)
            connection.execute(sql.SQL("INSERT INTO {} ({}) VALUES ({})").format(name, sql.Identifier(column), sql.SQL(literal)))
            place += 1
            if mask != "date" or kind not in TEXTS:
                words.append(word)
    return words


def _refreshed(
    bed: Bed, source: Place, target: Place, rules: dict[str, dict[str, object]], folder: Path
) -> tuple[dict[str, bytes], int]:
    """Refresh by the command, while the command lines of all processes are watched; what was written, and the exit code."""
    wide = {"null_share": 1.0, "distinct_share": 1.0, "distance": 1.0, "volume": 1.0}
    strategy = masked(rules, privacy_level="stable", bounds=wide).model_dump(mode="json", exclude_defaults=True)
    file, evidence = folder / "strategy.yaml", folder / "evidence.json"
    file.write_text(yaml.safe_dump(strategy), encoding="utf-8")
    secrets = {name: base64.b64encode(os.urandom(32)).decode() for name in ("UNDERSTUDY_MASKING_KEY", "UNDERSTUDY_SIGNING_KEY")}
    places = [
        f"host={place.parameters['host']} dbname={place.database} user={place.parameters['user']}" for place in (source, target)
    ]
    command = [sys.executable, "-c", "from understudy.cli import main; main()", "data", "refresh", "--debug", "--format", "json"]
    command += [
        "--strategy",
        str(file),
        "--source",
        places[0],
        "--target",
        places[1],
        "--programs",
        str(bed.production.bin),
        "--out",
        str(evidence),
    ]
    watch = _Watch()
    with watch:
        done = subprocess.run(command, check=False, capture_output=True, env={**os.environ, **secrets})
    seen = {"output": done.stdout + done.stderr, "command lines": b"\n".join(sorted(watch.seen))}
    if evidence.exists():
        seen["evidence"] = evidence.read_bytes()
        json.loads(seen["evidence"])
    for name, content in dict(seen).items():
        leaked = [
            secret for secret in secrets.values() for form in (secret, base64.b64decode(secret).hex()) if form.encode() in content
        ]
        if leaked:
            seen[name] = MAGIC.encode() + b": a key is in it"
    return seen, done.returncode


class _Watch:
    """Collects the command lines of every process until it is left."""

    def __init__(self) -> None:
        self.seen: set[bytes] = set()
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def _run(self) -> None:
        while not self._stop.is_set():
            for path in Path("/proc").glob("[0-9]*/cmdline"):
                try:
                    self.seen.add(path.read_bytes())
                except OSError:
                    continue
            time.sleep(0.01)

    def __enter__(self) -> _Watch:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()


def _dump(bed: Bed, target: Place) -> bytes:
    command = [str(bed.staging.bin / "pg_dump"), "--inserts", "-h", str(bed.staging.folder), "-U", "postgres", target.database]
    return subprocess.run(command, check=True, capture_output=True).stdout
