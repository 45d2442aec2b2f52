"""The masking key: a sub-key for each domain, and an identifier that tells which key was used without telling the key."""

from __future__ import annotations

import base64
import binascii
import hashlib
import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field

from model.errors import ConfigurationError, Problem

VARIABLE = "UNDERSTUDY_MASKING_KEY"
KEY_BYTES = 32


@dataclass(frozen=True)
class MaskingKey:
    """256 bits from which all masks follow. Neither its text nor its repr carries them."""

    secret: bytes = field(repr=False)

    @classmethod
    def fresh(cls) -> MaskingKey:
        """A new random key."""
        return cls(secrets.token_bytes(KEY_BYTES))

    @classmethod
    def given(cls, environment: Mapping[str, str] = os.environ) -> MaskingKey:
        """The key in UNDERSTUDY_MASKING_KEY, 32 bytes in Base64 or hexadecimal. Raises ConfigurationError without telling it."""
        text = environment.get(VARIABLE, "").strip()
        if not text:
            message = "is required for a stable privacy level; make one with `openssl rand -base64 32` and keep it as a secret"
            raise ConfigurationError([Problem(VARIABLE, message)])
        try:
            decoded = bytes.fromhex(text) if len(text) == 2 * KEY_BYTES else base64.b64decode(text, validate=True)
        except (ValueError, binascii.Error):
            decoded = b""
        if len(decoded) != KEY_BYTES:
            raise ConfigurationError([Problem(VARIABLE, "must be 32 bytes in Base64 or hexadecimal digits")])
        return cls(decoded)

    @property
    def identifier(self) -> str:
        """Tells keys apart in reports."""
        return hashlib.blake2b(b"identifier", key=self.secret, digest_size=8, person=b"understudy-key").hexdigest()

    def for_domain(self, domain: str) -> bytes:
        """The sub-key of a domain: columns of one domain mask equal values equally, others independently."""
        return hashlib.blake2b(domain.encode(), key=self.secret, digest_size=KEY_BYTES, person=b"understudy-dom").digest()
