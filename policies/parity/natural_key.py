"""Natural keys: how the items of two lists are told to be the same, whatever their order."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

FIELDS = (
    "name",
    "Sid",
    "key",
    "id",
    "deviceName",
    "attributeName",
    "containerPort",
    "mountPath",
    "secretKey",
    "topologyKey",
    "pathPattern",
    "resourceType",
    "priority",
    "port",
)
"""Fields that name an item among its like, the most telling first."""


def natural_key(*lists: Sequence[object]) -> str | None:
    """The field by which the items of all the lists are told apart; None where only their order tells."""
    items = [item for each in lists for item in each if isinstance(item, dict)]
    if not items or len(items) != sum(map(len, lists)):
        return None
    candidates = (field for field in FIELDS if field in items[0])
    return next((field for field in candidates if all(_is_unique(field, each) for each in lists)), None)


def label_of(item: object, field: str | None, index: int) -> str:
    """How an item is written in a path: by its natural key, else by its position."""
    return str(item[field]) if field is not None and isinstance(item, dict) else str(index)


def paired(ours: Sequence[object], theirs: Sequence[object]) -> Iterator[tuple[str, int | None, int | None]]:
    """The positions of the items that belong together, with their label; None where one list lacks the item."""
    field = natural_key(ours, theirs)
    if field is None:
        for index in range(max(len(ours), len(theirs))):
            yield str(index), index if index < len(ours) else None, index if index < len(theirs) else None
        return
    left = {label_of(item, field, index): index for index, item in enumerate(ours)}
    right = {label_of(item, field, index): index for index, item in enumerate(theirs)}
    for label in [*left, *(label for label in right if label not in left)]:
        yield label, left.get(label), right.get(label)


def _is_unique(field: str, items: Sequence[object]) -> bool:
    values = [item.get(field) for item in items if isinstance(item, dict)]
    return all(isinstance(value, (str, int)) for value in values) and len(set(values)) == len(values)
