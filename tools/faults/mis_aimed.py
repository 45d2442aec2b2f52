"""Targets and sources that somebody named by mistake: all refused, and nothing in production written."""

from __future__ import annotations

import os
import select
import shutil
import socket
import socketserver
import subprocess
import tempfile
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

from model.errors import ConfigurationError
from tools.faults.bed import FAULTY, Bed, Figure, databases, rotated
from understudy.data.connection import Place, connect
from understudy.data.roles import administer
from understudy.data.server import Server

WRITES = """
SELECT sum(tup_inserted + tup_updated + tup_deleted)::bigint FROM pg_stat_database WHERE datname NOT IN ('postgres')
"""


class _Forwarder(socketserver.BaseRequestHandler):
    """Passes a TCP connection on to a server's socket, as a proxy or a pooler does."""

    def handle(self) -> None:
        with socket.socket(socket.AF_UNIX) as inner:
            inner.connect(self.server.inner)  # type: ignore[attr-defined] # set where the server is made
            ends = {self.request: inner, inner: self.request}
            while True:
                for end in select.select(list(ends), [], [], 30)[0] or [self.request]:
                    data = end.recv(65536)
                    if not data:
                        return
                    ends[end].sendall(data)


@contextmanager
def _forwarded(server: Server) -> Iterator[str]:
    """A TCP port of this machine that leads to a server."""
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), _Forwarder) as forwarder:
        forwarder.daemon_threads = True
        forwarder.inner = str(server.folder / ".s.PGSQL.5432")  # type: ignore[attr-defined]
        threading.Thread(target=forwarder.serve_forever, daemon=True).start()
        yield str(forwarder.server_address[1])
        forwarder.shutdown()


def mis_aimed(bed: Bed) -> Figure:
    """Try each."""
    samples = []
    with _replica(bed) as replica, _forwarded(bed.production) as port, tempfile.TemporaryDirectory() as folder:
        administer(
            bed.production,
            "GRANT pg_read_all_data TO writer",
            "CREATE ROLE maker LOGIN CREATEDB",
            "GRANT pg_read_all_data TO maker",
        )
        _grant_write(bed)
        before, made = _writes(bed), databases(bed.production)
        for name, source, target in _cases(bed, replica, port, Path(folder)):
            told = ""
            try:
                bed.manager(target, source, agreed=True).refresh_staging_data(rotated())
            except ConfigurationError as error:
                told = str(error)
            samples.append({"case": name, "refused": bool(told), "told": told})
        untouched = (before, made) == (_writes(bed), databases(bed.production))
    refused = sum(bool(sample["refused"]) for sample in samples)
    measured = f"{refused} of {len(samples)} refused; production {'unchanged' if untouched else 'WRITTEN TO'}"
    return Figure(
        "mis-aimed", "all refused, no write in production's statistics", measured, refused == len(samples) and untouched, samples
    )


def _cases(bed: Bed, replica: Server | None, port: str, folder: Path) -> Iterator[tuple[str, Place, Place]]:
    path = str(bed.production.folder)
    alias = folder / "alias"
    alias.symlink_to(bed.production.folder)
    service = folder / "services"
    service.write_text(f"[staging]\nhost={path}\nuser=postgres\ndbname=shop\n", encoding="utf-8")
    os.environ["PGSERVICEFILE"] = str(service)
    own = bed.production.place

    def to(**parameters: str) -> Place:
        return Place("target", {"user": "postgres", **parameters})

    good = bed.target()
    yield "the source's own database", bed.source, own("target", "shop", "postgres")
    yield "another database of the source's server", bed.source, own("target", "elsewhere", "postgres")
    yield "the source's server as a role that may make databases", bed.source, own("target", "shop", "maker")
    yield "an alias of the socket's folder", bed.source, to(host=str(alias), dbname="shop")
    yield "an alias, another database", bed.source, to(host=str(alias), dbname="elsewhere")
    yield "a service", bed.source, to(service="staging", dbname="shop")
    yield "a service, by a string", bed.source, Place.parse("target", "service=staging")
    yield "a URL", bed.source, Place.parse("target", f"postgresql://postgres@/shop?host={path}")
    yield "localhost", bed.source, to(host="localhost", port=port, dbname="shop")
    yield "127.0.0.1", bed.source, to(host="127.0.0.1", port=port, dbname="shop")
    yield (
        "an address beside a name",
        bed.source,
        to(host="staging.example.com", hostaddr="127.0.0.1", port=port, dbname="shop"),
    )
    yield "the second of two hosts", bed.source, to(host=f"{folder}/nobody,{path}", dbname="shop")
    yield "the server's own database", bed.source, bed.staging.place("target", "postgres", "postgres")
    yield "a template", bed.source, bed.staging.place("target", "template1", "postgres")
    yield "nobody there", bed.source, to(host=f"{folder}/nobody", dbname="shop")
    yield "a source as a superuser", own("source", "shop", "postgres"), good
    yield "a source as a role that may write", own("source", "shop", "writer"), good
    yield "a source as a role that may make databases", own("source", "shop", "maker"), good
    yield (
        "source and target the other way round",
        bed.staging.place("source", "shop", "filler"),
        own("target", "shop", "postgres"),
    )
    if replica is not None:
        yield "a replica of production", bed.source, replica.place("target", "shop", "postgres")
        yield (
            "a replica as source, its primary as target",
            replica.place("source", "shop", "reader"),
            own("target", "shop", "postgres"),
        )
        _promote(replica)
        yield "a copy of production that was promoted", bed.source, replica.place("target", "shop", "postgres")


def _grant_write(bed: Bed) -> None:
    with closing(connect(bed.production.place(database="shop"), autocommit=True)) as connection:
        connection.execute("GRANT USAGE ON SCHEMA shop TO writer")
        connection.execute("GRANT UPDATE (note) ON shop.customer TO writer")


def _writes(bed: Bed) -> int:
    with closing(connect(bed.production.place(), autocommit=True)) as connection:
        with suppress(Exception):
            connection.execute("SELECT pg_stat_force_next_flush()")
        row = connection.execute(WRITES).fetchone()
    return int(row[0]) if row else 0


@contextmanager
def _replica(bed: Bed) -> Iterator[Server | None]:
    """A streaming replica of production on a socket of its own."""
    program = bed.production.bin / "pg_basebackup"
    if not program.exists():
        yield None
        return
    with Server(bed.programs, FAULTY) as replica:
        replica.stop()
        data = replica.folder / "data"
        shutil.rmtree(data)
        subprocess.run(
            [program, "-h", str(bed.production.folder), "-U", "postgres", "-D", data, "-R", "-X", "stream", "-c", "fast"],
            check=True,
            capture_output=True,
        )
        for path in (data, *data.rglob("*")):
            shutil.chown(path, *_owner(bed.production.folder / "data"))
        replica.start()
        yield replica


def _owner(path: Path) -> tuple[int, int]:
    status = path.stat()
    return status.st_uid, status.st_gid


def _promote(replica: Server) -> None:
    with closing(connect(replica.place(), autocommit=True)) as connection:
        connection.execute("SELECT pg_promote()")
