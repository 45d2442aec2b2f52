"""Every part of the shipped environment that can fail has somebody watching it."""

from __future__ import annotations

from model.environment import Environment
from tests.components.estates import estate
from tests.components.stores import built


def test_every_store_service_and_queue_is_watched_by_some_alarm(production: Environment) -> None:
    [everything] = built(lambda: estate(production))
    scopes = {alarm.scope for alarm in production.operations.alarms.values()}

    owners = {item.owner for scope in scopes for item in everything.watched(scope)} - {""}

    assert owners == {*production.stores, *production.services, *production.queues}


def test_each_item_of_a_scope_has_a_name_of_its_own(production: Environment) -> None:
    [everything] = built(lambda: estate(production))

    for alarm in production.operations.alarms.values():
        names = [item.name for item in everything.watched(alarm.scope)]
        assert names == sorted(set(names))
