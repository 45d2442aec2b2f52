"""Faults that a stand-in provider commits on demand, as described in a file: which call, and what goes wrong."""

from __future__ import annotations

import json
import os
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, TypeVar, get_args

from model.errors import ConfigurationError, Problem, nearest, quoted

Result = TypeVar("Result")
VARIABLE = "UNDERSTUDY_SANDBOX_FAULTS"
"""The environment variable that names the file."""
Kind = Literal["fail", "throttle", "time-out", "die-before", "die-after", "half-done"]
"""fail: an error, nothing was done. throttle: refused for `times` attempts, which the provider repeats. time-out: nothing answers
for `seconds`, then an error. die-before and die-after: the process ends before, or after, the change was made. half-done: the
resource is made, and reported as not ready."""
METHODS = ("create", "update", "delete", "read")
ATTEMPTS = 25
"""How often a throttled call is repeated; what the AWS provider does by default (`maxRetries`)."""
EXIT = 70
"""The exit code of a provider that a fault ended."""


class ProviderFaultError(Exception):
    """The call failed; nothing was done."""


class HalfDoneError(Exception):
    """The change was made, and the result is not ready."""


@dataclass
class Fault:
    """One rule. It strikes at the n-th call of its method, and of its package and type where it names them."""

    kind: Kind
    method: str
    nth: int = 1
    package: str = ""
    type: str = ""
    times: int = 1
    seconds: float = 1.0
    seen: int = field(default=0, compare=False)

    def strikes(self, package: str, method: str, type_: str) -> bool:
        """Count the call, and say whether it is the one."""
        if method != self.method or self.package not in ("", package) or self.type not in ("", type_):
            return False
        self.seen += 1
        return self.seen == self.nth


class Faults:
    """The rules of one process."""

    def __init__(self, rules: list[Fault], wait: Callable[[float], None] = time.sleep) -> None:
        self._rules, self._wait, self._lock = rules, wait, threading.Lock()

    def carried_out(self, package: str, method: str, type_: str, work: Callable[[], Result]) -> Result:
        """Do the work, or what a rule makes of it."""
        with self._lock:
            striking = [rule for rule in self._rules if rule.strikes(package, method, type_)]
        return self._struck(striking[0], work) if striking else work()

    def _struck(self, fault: Fault, work: Callable[[], Result]) -> Result:
        match fault.kind:
            case "fail":
                raise ProviderFaultError("operation error, StatusCode: 500, InternalFailure: injected by the sandbox")
            case "throttle":
                if fault.times > ATTEMPTS:
                    raise ProviderFaultError(
                        f"exceeded maximum number of attempts, {ATTEMPTS}: ThrottlingException: Rate exceeded"
                    )
                for attempt in range(fault.times):
                    self._wait(min(0.01 * 2**attempt, 0.2))
                return work()
            case "time-out":
                self._wait(fault.seconds)
                raise ProviderFaultError("timeout while waiting for state to become 'available': injected by the sandbox")
            case "die-before":
                os._exit(EXIT)
            case "die-after":
                work()
                os._exit(EXIT)
            case "half-done":
                work()
                raise HalfDoneError("unexpected state 'failed', wanted target 'available': injected by the sandbox")


def read_faults(path: Path | None) -> Faults:
    """The rules in a JSON file: a list of objects. Raises ConfigurationError that names what is wrong."""
    if path is None:
        return Faults([])
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ConfigurationError([Problem(VARIABLE, f"{str(path)!r} cannot be read: {error}")]) from error
    if not isinstance(content, list):
        raise ConfigurationError([Problem(VARIABLE, f"must hold a list, found {quoted(content)}")])
    problems: list[Problem] = []
    rules = [_rule(entry, f"[{index}]", problems) for index, entry in enumerate(content)]
    if problems:
        raise ConfigurationError(problems)
    return Faults([rule for rule in rules if rule is not None])


_FIELDS: dict[str, tuple[type, ...]] = {
    "kind": (str,),
    "method": (str,),
    "nth": (int,),
    "package": (str,),
    "type": (str,),
    "times": (int,),
    "seconds": (int, float),
}


def _rule(entry: Any, path: str, problems: list[Problem]) -> Fault | None:
    if not isinstance(entry, dict):
        problems.append(Problem(path, f"must be an object, found {quoted(entry)}"))
        return None
    before = len(problems)
    problems += [
        Problem(f"{path}.{key}", f"is no part of a fault{nearest(key, sorted(_FIELDS))}")
        for key in sorted(set(entry) - set(_FIELDS))
    ]
    problems += [
        Problem(f"{path}.{key}", f"found {quoted(value)}, which is of another kind")
        for key, value in entry.items()
        if key in _FIELDS and (not isinstance(value, _FIELDS[key]) or isinstance(value, bool))
    ]
    for key, words in (("kind", get_args(Kind)), ("method", METHODS)):
        if entry.get(key) not in words:
            problems.append(Problem(f"{path}.{key}", f"found {quoted(entry.get(key))}{nearest(str(entry.get(key)), words)}"))
    return Fault(**entry) if len(problems) == before else None
