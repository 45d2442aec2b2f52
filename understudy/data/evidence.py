"""Results as evidence: canonical JSON with a keyed digest, so that a gate can tell a result from one that was changed."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from model.errors import ConfigurationError, Problem
from model.staging_data import StagingDataStrategy

VARIABLE = "UNDERSTUDY_SIGNING_KEY"
ALGORITHM = "hmac-sha256"
KEY_BYTES = 32
MOST_BYTES = 64 << 20


def signing_key(environment: Mapping[str, str] = os.environ) -> bytes | None:
    """The key in UNDERSTUDY_SIGNING_KEY, 32 bytes in Base64; None without it. Raises ConfigurationError without telling it."""
    text = environment.get(VARIABLE, "").strip()
    if not text:
        return None
    try:
        key = base64.b64decode(text, validate=True)
    except (ValueError, binascii.Error):
        key = b""
    if len(key) != KEY_BYTES:
        raise ConfigurationError([Problem(VARIABLE, "must be 32 bytes in Base64; make them with `openssl rand -base64 32`")])
    return key


def canonical(document: Mapping[str, Any]) -> bytes:
    """A document in the one form that is signed: sorted keys, no space, no NaN."""
    return json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False).encode()


def signed(document: Mapping[str, Any], key: bytes | None) -> dict[str, Any]:
    """The document with its signature; without a key it says itself that it is unsigned."""
    bare = {name: value for name, value in document.items() if name != "signature"}
    if key is None:
        return {**bare, "signature": {"algorithm": "none"}}
    return {**bare, "signature": {"algorithm": ALGORITHM, "key": key_identifier(key), "value": _digest(bare, key)}}


def is_authentic(document: Mapping[str, Any], key: bytes) -> bool:
    """Whether a document is just as it was signed with this key. An unsigned one is not."""
    signature = document.get("signature")
    if (
        not isinstance(signature, Mapping)
        or signature.get("algorithm") != ALGORITHM
        or set(signature) != {"algorithm", "key", "value"}
    ):
        return False
    bare = {name: value for name, value in document.items() if name != "signature"}
    value = signature["value"]
    return (
        isinstance(value, str)
        and signature["key"] == key_identifier(key)
        and value.isascii()
        and hmac.compare_digest(value, _digest(bare, key))
    )


def strategy_digest(strategy: StagingDataStrategy) -> str:
    """Tells strategies apart."""
    return hashlib.sha256(canonical(strategy.model_dump(mode="json"))).hexdigest()


@dataclass(frozen=True)
class Expected:
    """What a gate asks of a result beyond that it is authentic and clean; what is None is not asked."""

    strategy: StagingDataStrategy | None = None
    run: str | None = None
    """The run that made the data that is there now."""
    now: datetime | None = None
    max_age_hours: float | None = None


def read_result(file: Path) -> dict[str, Any]:
    """A result from a file. Raises ConfigurationError where it is none."""
    try:
        content = file.read_bytes()
        document = json.loads(content) if len(content) <= MOST_BYTES else None
    except (OSError, ValueError):
        document = None
    if not isinstance(document, dict):
        raise ConfigurationError([Problem("--result", f"{str(file)!r} holds no result of a refresh")])
    return document


def objections(document: Mapping[str, Any], key: bytes, expected: Expected) -> list[str]:
    """Why a result may not be relied on; none where it may."""
    if not is_authentic(document, key):
        unsigned = isinstance(document.get("signature"), Mapping) and document["signature"].get("algorithm") == "none"
        return ["it is not signed" if unsigned else "its signature is not of this key, or it was changed"]
    found = []
    verification = document.get("verification", document)
    if not isinstance(verification, Mapping) or verification.get("verdict") != "clean":
        found.append("its checks failed")
    if expected.strategy is not None and document.get("strategy_digest") != strategy_digest(expected.strategy):
        found.append("it was made under another strategy")
    if expected.run is not None and document.get("run") != expected.run:
        found.append("the data that is there now is another refresh's")
    if (
        expected.max_age_hours is not None
        and expected.now is not None
        and not _is_recent(document, expected.now, expected.max_age_hours)
    ):
        found.append(f"it is older than {expected.max_age_hours:g} hours")
    return found


def _is_recent(document: Mapping[str, Any], now: datetime, hours: float) -> bool:
    try:
        made = datetime.fromisoformat(str(document.get("finished_at")))
        return timedelta(minutes=-5) <= now - made <= timedelta(hours=hours)
    except (TypeError, ValueError):
        return False


def key_identifier(key: bytes) -> str:
    """Tells keys apart without telling them."""
    return hashlib.sha256(b"understudy signing key" + key).hexdigest()[:16]


def _digest(document: Mapping[str, Any], key: bytes) -> str:
    return hmac.new(key, canonical(document), hashlib.sha256).hexdigest()
