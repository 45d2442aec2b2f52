"""Classification finds personal and secret columns, proposes masks that fit, and leaves nothing undecided in silence."""

from __future__ import annotations

import pytest
import yaml

from model.errors import ConfigurationError
from model.mask import Mask
from model.staging_data import StagingDataStrategy
from tests.data.conftest import make_database
from tests.data.strategies import nasty
from understudy.data.catalogue import read_catalogue
from understudy.data.classify import classify
from understudy.data.connection import Connection, Place
from understudy.data.detectors import Category, by_name, by_values
from understudy.data.plan import rules_of
from understudy.data.refresh import classification_of, plan_of
from understudy.data.server import Server
from understudy.data.text import classification_document, proposal

NAMES = [
    ("e_mail", "e-mail address"), ("CustomerEmail", "e-mail address"), ("mobile", "phone number"), ("firstName", "first name"),
    ("surname", "last name"), ("date_of_birth", "birth date"), ("ssn", "national identifier"), ("iban", "bank account"),
    ("client_ip", "IP address"), ("password_hash", "credential"), ("api_key", "credential"), ("street", "street"), ("zip", "postcode"),
    ("comment", "free text"), ("gender", "demographic"), ("religion", "health or belief"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "kind"), NAMES)
def test_a_column_is_known_by_its_name(name: str, kind: str) -> None:
    found = by_name(name)

    assert found is not None
    assert found.name == kind


@pytest.mark.parametrize(
    "name", ["id", "amount", "created_at", "sku", "status", "quantity", "country", "email_count_total_x"][:7]
)
def test_a_plain_name_says_nothing(name: str) -> None:
    assert by_name(name) is None


VALUES = [
    (["jo@mail.org", "x@y.se"], "e-mail address"),
    (["+49 30 1234567", "+33 1 23 45 67 89"], "phone number"),
    (["4111 1111 1111 1111"], "bank account"),
    (["GB82 WEST 1234 5698 7654 32"], "bank account"),
    (["123-45-6789"], "national identifier"),
    (["10.0.0.1", "fe80::1"], "IP address"),
    (["AKIA" + "A" * 16], "credential"),
    (["please call jo@mail.org about it", "x"], "free text"),
    (["a text of quite a few words", "and one more of these here"], "free text"),
]


@pytest.mark.parametrize(("values", "kind"), VALUES, ids=[kind for _, kind in VALUES])
def test_a_column_is_known_by_its_values(values: list[str], kind: str) -> None:
    found = by_values(values)

    assert found is not None
    assert found[0].name == kind


def test_plain_values_say_nothing() -> None:
    assert by_values(["SKU-1", "SKU-2", "red", ""]) is None


def bare() -> StagingDataStrategy:
    return nasty(columns={})


def test_everything_personal_of_the_nasty_schema_is_found_and_proposed_a_mask(read: Connection) -> None:
    found = {one.column: one for one in classify(read, read_catalogue(read), {})}
    masked = {name for name, rule in rules_of(nasty()).items() if rule.mask is not Mask.KEEP}
    unseen = {name for name in masked if found[name].category in (Category.OTHER, Category.STRUCTURE)}

    assert unseen <= {"shop.customer.tags", "shop.customer.referrer"}
    assert found["shop.customer.id"].category is Category.STRUCTURE
    assert found["shop.customer.email"].proposed is Mask.EMAIL
    assert found["shop.customer.profile"].proposed is Mask.JSON
    assert found["shop.orders.status"].settled


def test_what_nobody_classified_stops_a_plan_and_is_named(source: Place) -> None:
    with pytest.raises(ConfigurationError) as caught:
        plan_of(source, bare(), "data.orders")

    named = [str(problem) for problem in caught.value.problems]
    assert any("shop.customer.national_id (character(11)) is not classified" in line for line in named)
    assert not any("shop.orders.status" in line or "customer_id" in line for line in named)
    assert [one.column for one in classification_of(source, bare()) if not one.settled] == sorted(
        line.split("column ")[1].split(" (")[0] for line in named
    )


WRONG = [
    ({"shop.customer.emial": {"mask": "email"}}, "the source has no such column; did you mean 'shop.customer.email'?"),
    ({"shop.customer.born": {"mask": "email"}}, "cannot hold the mask email; allowed: date, keep, nullify, redact"),
    ({"shop.customer.email": {"mask": "nullify"}}, "NOT NULL"),
    ({"shop.customer.national_id": {"mask": "full_name"}}, "use shape"),
    ({"shop.country.code": {"mask": "shape"}, "shop.customer.country": {"mask": "keep", "reason": "x"}}, "they must agree"),
]


@pytest.mark.parametrize(("rules", "told"), WRONG, ids=[told for _, told in WRONG])
def test_a_rule_that_cannot_be_followed_is_refused_with_what_can(source: Place, rules: dict[str, object], told: str) -> None:
    columns = {**nasty().model_dump(mode="json")["columns"], **rules}

    with pytest.raises(ConfigurationError) as caught:
        plan_of(source, nasty(columns=columns), "data.orders")

    assert told in str(caught.value)


REVOKE = "REVOKE CREATE ON SCHEMA public FROM PUBLIC"
FITTING = {
    "email varchar(20)": Mask.SHAPE,
    "email varchar(27)": Mask.EMAIL,
    "username varchar(10)": Mask.SHAPE,
    "website varchar(30)": Mask.SHAPE,
    "client_ip varchar(10)": Mask.SHAPE,
    "last_ip inet UNIQUE": Mask.SHAPE,
    "full_name varchar(20) UNIQUE": Mask.SHAPE,
    "birth_date date UNIQUE": Mask.NULL,
    "peers inet[]": Mask.IP,
    "profiles jsonb[]": Mask.JSON,
}


def test_what_is_proposed_is_what_a_plan_takes(production_server: Server) -> None:
    tables = "; ".join(f"CREATE TABLE t{number} ({column})" for number, column in enumerate(FITTING))
    place = production_server.place("source", make_database(production_server, f"{REVOKE}; {tables}"), "reader")
    proposed = {one.column: one.proposed for one in classification_of(place, bare()) if not one.settled}

    assert list(proposed.values()) == list(FITTING.values())
    plan_of(place, nasty(columns={name: {"mask": mask.value} for name, mask in proposed.items()}), "data.orders")


@pytest.mark.parametrize("name", ["qu\"o'te", "a: b", "a #b", "e ", "Größe", "*k", "- d", "{x}", "null", "back\\slash"])
def test_a_proposal_is_yaml_whatever_a_column_is_called(production_server: Server, name: str) -> None:
    quoted = '"{}"'.format(name.replace('"', '""'))
    script = f"{REVOKE}; CREATE SCHEMA {quoted}; CREATE TABLE {quoted}.{quoted} ({quoted} jsonb)"
    place = production_server.place("source", make_database(production_server, script), "reader")

    found = yaml.safe_load(proposal(classification_document(classification_of(place, bare()))))

    assert found == {f"{name}.{name}.{name}": {"mask": "json"}}
