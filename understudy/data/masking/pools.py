"""Pools of invented values, made once from a fixed seed: a keyed hash picks from them, so no generator runs for each row."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

from mimesis import Generic
from mimesis.locales import Locale

from model.staging_data import Mask

SEED = 20_240_229
LARGEST = 4096
TRIES = 8 * LARGEST


@cache
def pool(mask: Mask, longest: int | None = None) -> tuple[bytes, ...]:
    """Distinct values of a kind, in the order in which they were made, none with more than `longest` characters.

    Without any that fits, they are cut.
    """
    generic = Generic(locale=Locale.EN, seed=SEED)
    makers: dict[Mask, Callable[[], str]] = {
        Mask.FIRST_NAME: generic.person.first_name,
        Mask.LAST_NAME: generic.person.last_name,
        Mask.COMPANY: generic.finance.company,
        Mask.STREET: generic.address.address,
        Mask.CITY: generic.address.city,
        Mask.USERNAME: generic.text.word,
    }
    made = dict.fromkeys(_plain(makers[mask]()) for _ in range(TRIES))
    fitting = [text for text in made if text and (longest is None or len(text) <= longest)]
    if not fitting:
        fitting = list(dict.fromkeys(text[:longest] for text in made if text[:longest]))
    return tuple(text.encode() for text in fitting[:LARGEST])


def _plain(text: str) -> str:
    """Printable ASCII, so that a value needs no escape and as many bytes as characters."""
    return "".join(letter for letter in text if letter.isascii() and letter.isprintable() and letter not in "\\\"'{}")
