"""Pools of invented values, made once from a fixed seed: a keyed tag picks from them, so no generator runs for each row."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache

from model.mask import Mask

SEED = 20_240_229
LARGEST = 4096
TRIES = 8 * LARGEST

Pools = Mapping[tuple[Mask, int | None], tuple[bytes, ...]]

_made: dict[tuple[Mask, int | None], tuple[bytes, ...]] = {}


def made_pools() -> Pools:
    """The pools that were made in this process, for another one."""
    return dict(_made)


def take_pools(pools: Pools) -> None:
    """Have pools that another process made."""
    _made.update(pools)


def pool(mask: Mask, longest: int | None = None) -> tuple[bytes, ...]:
    """Distinct values of a kind, in the order in which they were made, none with more than `longest` characters.

    Without any that fits, they are cut.
    """
    if (mask, longest) not in _made:
        _made[mask, longest] = _invented(mask, longest)
    return _made[mask, longest]


def _invented(mask: Mask, longest: int | None) -> tuple[bytes, ...]:
    made = _drawn(mask)
    fitting = [text for text in made if text and (longest is None or len(text) <= longest)]
    if not fitting:
        fitting = list(dict.fromkeys(text[:longest] for text in made if text[:longest]))
    return tuple(text.encode() for text in fitting[:LARGEST])


@cache
def _drawn(mask: Mask) -> tuple[str, ...]:
    """All texts of a kind that are drawn, whatever fits: to draw them takes a tenth of a second."""
    from mimesis import Generic  # noqa: PLC0415 - takes a fifth of a second, which those who were given pools need not spend
    from mimesis.locales import Locale  # noqa: PLC0415

    generic = Generic(locale=Locale.EN, seed=SEED)
    makers: dict[Mask, Callable[[], str]] = {
        Mask.FIRST_NAME: generic.person.first_name,
        Mask.LAST_NAME: generic.person.last_name,
        Mask.COMPANY: generic.finance.company,
        Mask.STREET: generic.address.address,
        Mask.CITY: generic.address.city,
        Mask.USERNAME: generic.text.word,
    }
    return tuple(dict.fromkeys(_plain(makers[mask]()) for _ in range(TRIES)))


def _plain(text: str) -> str:
    """Printable ASCII, so that a value needs no escape and as many bytes as characters."""
    return "".join(letter for letter in text if letter.isascii() and letter.isprintable() and letter not in "\\\"'{}")
