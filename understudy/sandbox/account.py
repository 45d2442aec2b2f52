"""What exists in the sandbox: a file for each resource, as the cloud would keep it whatever the engine remembers.

Secrets are kept as digests, so that no file here holds one.
"""

from __future__ import annotations

import hashlib
import json
import os
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from understudy.sandbox.values import Secret, revealed

DIGEST = "$sha256"


@dataclass(frozen=True)
class Record:
    """A resource that exists: its type, its identifier, and its properties with secrets as digests."""

    type: str
    id: str
    urn: str
    properties: dict[str, Any]

    @property
    def key(self) -> tuple[str, str]:
        """What distinguishes it in its place."""
        return key_of(self.type, self.id, self.properties)


def key_of(type_: str, id_: str, properties: Mapping[str, Any]) -> tuple[str, str]:
    """A type and an identifier; of the few types whose identifier is shared, with what tells them apart."""
    return type_, "|".join([id_, *(str(properties.get(name)) for name in _SHARED.get(type_, ()))])


_SHARED = {
    "aws:appautoscaling/target:Target": ("scalableDimension", "serviceNamespace"),
    "aws:appautoscaling/policy:Policy": ("resourceId", "scalableDimension"),
    "aws:acm/certificateValidation:CertificateValidation": ("validationRecordFqdns",),
}


class Account:
    """The resources of one place: an AWS account and region, or a cluster. Each change is on disk when the call returns."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self._lock = threading.Lock()
        self._records = {record.key: record for record in records(directory)}

    def find(self, key: tuple[str, str]) -> Record | None:
        """The resource, if it exists."""
        return self._records.get(key)

    def put(self, record: Record, *, is_new: bool) -> bool:
        """Keep a resource; False where a new one exists already under its identifier."""
        with self._lock:
            if is_new and record.key in self._records:
                return False
            kept = Record(record.type, record.id, record.urn, _digested(record.properties))
            self._records[record.key] = kept
            _write(self._file(record.key), kept)
            return True

    def remove(self, key: tuple[str, str]) -> None:
        """Forget a resource. One that is gone already is no error, as in the cloud's own providers."""
        with self._lock:
            self._records.pop(key, None)
            self._file(key).unlink(missing_ok=True)

    def remove_below(self, prefix: str) -> None:
        """Forget everything whose identifier begins so, as a namespace takes its objects with it."""
        for key in [key for key in self._records if key[1].startswith(prefix)]:
            self.remove(key)

    def holders(self, type_: str, property_: str, id_: str) -> list[Record]:
        """The resources of a type whose property is, or lists, the identifier."""
        with self._lock:
            existing = [record for record in self._records.values() if record.type == type_]
        return [record for record in existing if _names(record.properties.get(property_), id_)]

    def _file(self, key: tuple[str, str]) -> Path:
        return self.directory / f"{hashlib.sha256(' '.join(key).encode()).hexdigest()[:32]}.json"


def records(directory: Path) -> Iterator[Record]:
    """Everything in a place, or in all places below a folder, by type and identifier."""
    found = [Record(**json.loads(file.read_text(encoding="utf-8"))) for file in directory.rglob("*.json")]
    yield from sorted(found, key=lambda record: (record.type, record.id))


def drift(directory: Path, type_: str, id_: str, changes: Mapping[str, Any] | None) -> None:
    """Change a resource behind the engine's back, or take it away where there are no changes. Raises KeyError where it is not."""
    for file in directory.rglob("*.json"):
        record = Record(**json.loads(file.read_text(encoding="utf-8")))
        if (record.type, record.id) == (type_, id_):
            if changes is None:
                file.unlink()
            else:
                _write(file, Record(type_, id_, record.urn, {**record.properties, **changes}))
            return
    raise KeyError(f"{type_} {id_}")


def as_seen(record: Record, known: Mapping[str, Any]) -> dict[str, Any]:
    """A resource as a read finds it: a secret that is still what the engine knows is that; another is only known to differ."""
    return {key: _seen(value, known.get(key)) for key, value in record.properties.items()}


def _seen(value: Any, known: Any) -> Any:
    if isinstance(value, Mapping):
        if DIGEST in value:
            return known if _digested(Secret(revealed(known))) == value else Secret(value[DIGEST])
        inside = known if isinstance(known, Mapping) else {}
        return {key: _seen(item, inside.get(key)) for key, item in value.items()}
    if isinstance(value, list):
        beside = known if isinstance(known, list) and len(known) == len(value) else [None] * len(value)
        return [_seen(item, other) for item, other in zip(value, beside, strict=True)]
    return value


def _digested(value: Any) -> Any:
    if isinstance(value, Secret):
        text = json.dumps(revealed(value), sort_keys=True)
        return {DIGEST: hashlib.sha256(text.encode()).hexdigest()}
    if isinstance(value, Mapping):
        return {key: _digested(item) for key, item in value.items()}
    return [_digested(item) for item in value] if isinstance(value, list) else value


def _names(value: Any, id_: str) -> bool:
    return any(_names(item, id_) for item in value) if isinstance(value, list) else value == id_


def _write(file: Path, record: Record) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    draft = file.with_name(f".{file.name}.{os.getpid()}")
    draft.write_text(json.dumps(vars(record), sort_keys=True, indent=1), encoding="utf-8")
    draft.replace(file)
