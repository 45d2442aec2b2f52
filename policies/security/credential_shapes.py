"""What a credential looks like: by the name it is given, or by the form of the value itself."""

from __future__ import annotations

import math
import re
from collections import Counter
from functools import lru_cache

_NAME = re.compile(
    r"(?:^|[_.-])(?:password|passwd|pwd|secret|token|api_?key|access_?key|private_?key|credentials?|auth_?key)s?(?:$|[_.-])", re.I
)
_ABOUT = re.compile(
    r"[_.-](?:arn|class|count|enabled|endpoint|expiry|file|header|host|id|issuer|length|manager|mode|name|path|policy|prefix|"
    r"provider|ref|region|seconds|store|ttl|type|ur[il]|version)$",
    re.I,
)
"""Endings of names that speak about a credential instead of holding it."""
_WORDS = {"", "true", "false", "none", "null", "disabled", "enabled"}
_FORMS = (
    r"\b(?:AKIA|ASIA)[0-9A-Z]{16}\b",  # AWS access key IDs
    r"-----BEGIN (?:[A-Z]+ )*PRIVATE KEY-----",
    r"\bgh[pousr]_[0-9A-Za-z]{36,}\b",  # GitHub tokens
    r"\bgithub_pat_[0-9A-Za-z_]{60,}\b",
    r"\bglpat-[0-9A-Za-z_-]{20,}",  # GitLab tokens
    r"\bxox[abprs]-[0-9A-Za-z-]{10,}",  # Slack tokens
    r"\bhooks\.slack\.com/services/T[0-9A-Z]+/B[0-9A-Z]+/[0-9A-Za-z]{16,}",
    r"\beyJ[0-9A-Za-z_-]{10,}\.eyJ[0-9A-Za-z_-]{10,}\.[0-9A-Za-z_-]+",  # JSON web tokens
    r"\b[rs]k_live_[0-9A-Za-z]{16,}",  # Stripe keys
    r"\bSG\.[0-9A-Za-z_-]{22}\.[0-9A-Za-z_-]{43}",  # SendGrid keys
    r"\bAIza[0-9A-Za-z_-]{35}\b",  # Google keys
    r"\bnpm_[0-9A-Za-z]{36}\b",
    r"\bpypi-[0-9A-Za-z_-]{50,}",
    r"\bsk-(?:proj-|ant-)?[0-9A-Za-z_-]{32,}",  # keys of language models
    r"\bAccountKey=[0-9A-Za-z+/]{40,}={0,2}",  # Azure storage
    r"(?i:\b[a-z][a-z0-9+.-]*://[^\s:/@]+:[^\s:/@]+@)",  # addresses with a password in them
)
_SHORTEST = 15
"""Characters of the shortest form, but for addresses."""
_ANY_FORM = re.compile("|".join(_FORMS))
_RANDOM = re.compile(r"[0-9A-Za-z+/_-]{32,}={0,2}")
_HEX = re.compile(r"[0-9a-f]+", re.I)
_BITS = 4.5
"""Entropy per character above which a long text is random. Words and paths stay below 4, base64 of 32 random bytes is near 5."""


@lru_cache(maxsize=4096)
def is_credential_name(name: str) -> bool:
    """Whether a variable of this name holds a credential."""
    separated = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name)
    return bool(_NAME.search(separated)) and not _ABOUT.search(separated)


def is_credential_value(value: str) -> bool:
    """Whether a value has the form of a credential, whatever it is called."""
    return (len(value) >= _SHORTEST or "://" in value) and _ANY_FORM.search(value) is not None


def is_random(value: str) -> bool:
    """Whether a value is one long random text, as keys are: no hexadecimal one, since digests and commits are those."""
    if not _RANDOM.fullmatch(value) or _HEX.fullmatch(value):
        return False
    classes = sum(bool(re.search(kind, value)) for kind in ("[a-z]", "[A-Z]", "[0-9]"))
    return classes == 3 and entropy(value) > _BITS


def entropy(text: str) -> float:
    """Shannon entropy in bits per character."""
    counts = Counter(text)
    return -sum(count / len(text) * math.log2(count / len(text)) for count in counts.values()) if text else 0.0


def holds_credential(name: str, value: str) -> bool:
    """Whether a named value is a credential: by its form or its randomness, or by its name unless it is a plain word or a reference."""
    if is_credential_value(value) or is_random(value.strip()):
        return True
    is_plain = value.strip().lower() in _WORDS or (value.isdigit() and len(value) < 6) or "$(" in value or "${" in value
    return is_credential_name(name) and not is_plain
