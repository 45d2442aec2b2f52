"""Documents: what a text means where it is a JSON object or list, such as a policy."""

from __future__ import annotations

import json


def document(text: object) -> dict[str, object] | list[object] | None:
    """The document that a text is; None for any other value."""
    if not isinstance(text, str) or text[:1] not in ("{", "["):
        return None
    try:
        content: object = json.loads(text)
    except ValueError:
        return None
    return content if isinstance(content, dict | list) else None
