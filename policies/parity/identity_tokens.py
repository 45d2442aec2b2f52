"""Identity in texts: what a text of production must read in staging, where only the environment's own identity differs."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from ipaddress import IPv4Address, IPv4Network
from itertools import product

from model.environment import Environment
from model.identity import GLOBAL_REGION

_ADDRESS = re.compile(r"(?<![\d.])(\d{1,3}(?:\.\d{1,3}){3})(?![\d.])")
_MOST_READINGS = 16
"""Readings of one text that are tried at most: a text that names the global region more often than four times is read one way."""


@dataclass(frozen=True)
class IdentityTokens:
    """What an environment's identity looks like in texts."""

    environment: str
    words: tuple[str, ...]
    """Domain, full name, full name with underscores, account, primary and recovery region."""
    address_range: IPv4Network

    @classmethod
    def of(cls, environment: Environment) -> IdentityTokens:
        """The tokens of an environment."""
        identity = environment.identity
        name = environment.name
        words = (identity.domain, name, name.replace("-", "_"), identity.account_id)
        regions = (identity.regions.primary, identity.regions.recovery)
        return cls(identity.environment, (*words, *regions), IPv4Network(identity.address_range))

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        """The tokens as whole words, the longest first, so that none is found inside another. A zone is its region's letter."""
        tokens = map(re.escape, sorted(self.words, key=lambda token: (-len(token), token)))
        # What may stand before a token is looked at behind it: a pattern that begins with letters is found many times faster.
        whole = "|".join(f"{token}(?<![A-Za-z0-9]{token})" for token in tokens)
        return re.compile(f"(?:{whole})(?=[a-d]?(?![A-Za-z0-9]))")

    @cached_property
    def _own(self) -> re.Pattern[str]:
        return re.compile("|".join(f"(?<![A-Za-z0-9]){re.escape(token)}(?![A-Za-z0-9])" for token in self.words[:4]))

    def without(self, text: str) -> str:
        """The text with this identity taken out."""
        return self.replaced_addresses(self.pattern.sub("", text), lambda _: "")

    def shown_in(self, text: str) -> str:
        """What of this identity a text contains: a name, the account, the domain or an address; empty for nothing.

        Regions are the whole world's, and are no part of it.
        """
        found = self._own.search(text)
        if found is not None:
            return found.group()
        inside: list[int] = []

        def note(offset: int) -> str:
            inside.append(offset)
            return ""

        self.replaced_addresses(text, note)
        return f"an address of {self.address_range}" if inside else ""

    def replaced_addresses(self, text: str, write: Callable[[int], str]) -> str:
        """The text with each address of the range written anew, from its distance to the start of the range."""

        def replace(match: re.Match[str]) -> str:
            try:
                address = IPv4Address(match.group())
            except ValueError:
                return match.group()
            return (
                write(int(address) - int(self.address_range.network_address)) if address in self.address_range else match.group()
            )

        return _ADDRESS.sub(replace, text)


@dataclass(frozen=True)
class Translation:
    """From production's identity to staging's."""

    production: IdentityTokens
    staging: IdentityTokens

    @cached_property
    def _words(self) -> dict[str, str]:
        return dict(zip(self.production.words, self.staging.words, strict=True))

    def readings(self, text: str) -> list[str]:
        """What a text of production may read in staging: its identity for production's.

        The region of global services is what it is in every environment, even where it is production's own as well: then both
        readings stand.
        """
        moved = self._moved if self._start_of_addresses in text else str
        if GLOBAL_REGION not in self._words:
            return [moved(self.production.pattern.sub(self._translated, text))]
        parts: list[list[str]] = []
        position = 0
        for match in self.production.pattern.finditer(text):
            token = match.group()
            parts += [[text[position : match.start()]], [self._words[token], *([token] if token == GLOBAL_REGION else [])]]
            position = match.end()
        parts.append([text[position:]])
        return [moved("".join(chosen)) for chosen, _ in zip(product(*parts), range(_MOST_READINGS), strict=False)]

    def _translated(self, match: re.Match[str]) -> str:
        return self._words[match[0]]

    def _moved(self, text: str) -> str:
        """The text with each address of production's range as far inside staging's."""
        base = int(self.staging.address_range.network_address)
        return self.production.replaced_addresses(text, lambda offset: str(IPv4Address(base + offset)))

    def agrees(self, theirs: str, ours: str) -> bool:
        """Whether two texts differ by the environments' identity alone."""
        return ours in self.readings(theirs)

    @cached_property
    def _hints(self) -> tuple[str, ...]:
        """What a text that names production must contain: one of its words, the start of its addresses, its bare name.

        A word with another inside it is found by that other.
        """
        hints = {*self.production.words, self._start_of_addresses, self.production.environment}
        return tuple(sorted(hint for hint in hints if not any(other in hint for other in hints - {hint})))

    @cached_property
    def _start_of_addresses(self) -> str:
        """The octets that all addresses of production begin with."""
        octets = str(self.production.address_range.network_address).split(".")
        return ".".join(octets[: self.production.address_range.prefixlen // 8]) + "."

    def may_name_production(self, texts: Sequence[str]) -> bool:
        """Whether it is worth looking at each of these texts: a hint of production is in one of them."""
        text = "\n".join(texts)
        return any(map(text.__contains__, self._hints))

    def foreign_region(self, ours: str) -> str:
        """The region of production that a text of staging names where staging's own would stand; empty for none."""
        found = self.production.pattern.search(self.staging.without(ours))
        return found.group() if found is not None and ours not in self.readings(ours) else ""

    def foreign(self, ours: str) -> str:
        """What of production's identity a text of staging names, its own put aside; empty for nothing."""
        if not self.may_name_production((ours,)):
            return ""
        return self.production.shown_in(self.staging.without(ours))
