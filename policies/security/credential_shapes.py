"""What a credential looks like: by the name it is given, or by the form of the value itself."""

from __future__ import annotations

import re

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
    re.compile(r"\b(?:AKIA|ASIA)[0-9A-Z]{16}\b"),  # AWS access key IDs
    re.compile(r"-----BEGIN (?:[A-Z]+ )*PRIVATE KEY-----"),
    re.compile(r"\bgh[pousr]_[0-9A-Za-z]{36,}\b"),  # GitHub tokens
    re.compile(r"\bxox[abprs]-[0-9A-Za-z-]{10,}"),  # Slack tokens
    re.compile(r"\beyJ[0-9A-Za-z_-]{10,}\.eyJ[0-9A-Za-z_-]{10,}\.[0-9A-Za-z_-]+"),  # JSON web tokens
    re.compile(r"\bsk_live_[0-9A-Za-z]{16,}"),  # Stripe keys
    re.compile(r"\b[a-z][a-z0-9+.-]*://[^\s:/@]+:[^\s:/@]+@", re.I),  # addresses with a password in them
)


def is_credential_name(name: str) -> bool:
    """Whether a variable of this name holds a credential."""
    separated = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name)
    return bool(_NAME.search(separated)) and not _ABOUT.search(separated)


def is_credential_value(value: str) -> bool:
    """Whether a value has the form of a credential, whatever it is called."""
    return any(form.search(value) for form in _FORMS)


def holds_credential(name: str, value: str) -> bool:
    """Whether a named value is a credential: by its form, or by its name unless it is a plain word or a reference."""
    if is_credential_value(value):
        return True
    is_plain = value.strip().lower() in _WORDS or (value.isdigit() and len(value) < 6) or "$(" in value or "${" in value
    return is_credential_name(name) and not is_plain
