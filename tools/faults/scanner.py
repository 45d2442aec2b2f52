"""Looks for texts in bytes, in every form that they may have taken. It shares nothing with the classifier, the masks or the verification."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from urllib.parse import quote

MAGIC = "CANARY"
"""What every planted text begins with."""
CHUNK = 8 << 20
OVERLAP = 256


def forms(text: str) -> set[bytes]:
    """A text as it is, in other cases and backwards, in hexadecimal, in URLs, in UTF-16 and inside Base64 at each alignment."""
    found: set[bytes] = set()
    for word in {text, text.lower(), text.upper(), re.sub(r"\W", "", text).lower(), text[::-1]}:
        raw = word.encode()
        found |= {raw, raw.hex().encode(), raw.hex().upper().encode(), quote(word, safe="").encode(), word.encode("utf-16-le")}
        for shift in range(3):
            encoded = base64.b64encode(b"\0" * shift + raw)
            # The first and last letters depend on what stands beside the text.
            found.add(encoded[(shift * 8 + 5) // 6 : len(encoded) - 4])
    return {form for form in found if len(form) >= len(MAGIC)}


def occurrences(haystack: bytes, wanted: Iterable[bytes]) -> list[str]:
    """The forms that are in the bytes."""
    return sorted({form.decode("latin-1") for form in wanted if form in haystack})


def files(folder: Path) -> Iterator[tuple[str, bytes]]:
    """Every file below a folder, in overlapping chunks."""
    for path in sorted(folder.rglob("*")):
        if path.is_symlink() or not path.is_file():
            continue
        with path.open("rb") as file:
            kept = b""
            while chunk := file.read(CHUNK):
                yield str(path.relative_to(folder)), kept + chunk
                kept = chunk[-OVERLAP:]
