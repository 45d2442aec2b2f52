"""Results as evidence: canonical JSON with a keyed digest, so that a gate can tell a result from one that was changed."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
import os
from collections.abc import Mapping
from typing import Any

from model.errors import ConfigurationError, Problem

VARIABLE = "UNDERSTUDY_SIGNING_KEY"
ALGORITHM = "hmac-sha256"
KEY_BYTES = 32


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


def key_identifier(key: bytes) -> str:
    """Tells keys apart without telling them."""
    return hashlib.sha256(b"understudy signing key" + key).hexdigest()[:16]


def _digest(document: Mapping[str, Any], key: bytes) -> str:
    return hmac.new(key, canonical(document), hashlib.sha256).hexdigest()
