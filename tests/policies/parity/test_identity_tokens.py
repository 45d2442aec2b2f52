"""Identity in texts: what production's become in staging, and what of production's a text of staging names."""

from __future__ import annotations

from ipaddress import IPv4Network

import pytest

from policies.parity.identity_tokens import IdentityTokens, Translation

IDENTITY = Translation(
    IdentityTokens(
        "production",
        ("shop.example.com", "shop-production", "shop_production", "111122223333", "eu-west-1", "eu-central-1"),
        IPv4Network("10.20.0.0/16"),
    ),
    IdentityTokens(
        "staging",
        ("staging-shop.example.com", "shop-staging", "shop_staging", "444455556666", "us-east-1", "eu-central-1"),
        IPv4Network("10.40.0.0/16"),
    ),
)


@pytest.mark.parametrize(
    ("theirs", "ours", "agrees"),
    [
        ("shop-production-orders", "shop-staging-orders", True),
        ("shop_production", "shop_staging", True),
        ("www.shop.example.com", "www.staging-shop.example.com", True),
        ("arn:aws:sqs:eu-west-1:111122223333:shop-production-q", "arn:aws:sqs:us-east-1:444455556666:shop-staging-q", True),
        ("eu-west-1b", "us-east-1b", True),
        ("eu-west-1b", "us-east-1c", False),
        ("10.20.3.0/24", "10.40.3.0/24", True),
        ("10.20.3.0/24", "10.40.4.0/24", False),
        ("10.21.3.0/24", "10.40.3.0/24", False),
        ("shop-production-orders", "shop-staging-carts", False),
        ("shop-production-orders", "shop-production-orders", False),
        ("arn:aws:sns:us-east-1:111122223333:shop-production", "arn:aws:sns:us-east-1:444455556666:shop-staging", True),
        ("preproduction", "prestaging", False),
        ("eu-central-1", "eu-central-1", True),
    ],
)
def test_texts_agree_where_only_the_identity_differs(theirs: str, ours: str, agrees: bool) -> None:
    assert IDENTITY.agrees(theirs, ours) is agrees


@pytest.mark.parametrize(
    ("ours", "names"),
    [
        ("arn:aws:s3:::shop-production-assets", "shop-production"),
        ("111122223333", "111122223333"),
        ("api.shop.example.com", "shop.example.com"),
        ("staging-shop.example.com", ""),
        ("10.20.1.1", "an address of 10.20.0.0/16"),
        ("10.40.1.1", ""),
        ("999.20.1.1", ""),
        ("production", ""),
        ("eu-west-1", ""),
    ],
)
def test_what_staging_names_of_production_is_found(ours: str, names: str) -> None:
    assert IDENTITY.foreign(ours) == names


def test_production_in_the_global_region_reads_both_ways() -> None:
    turned = Translation(IDENTITY.staging, IDENTITY.production)

    assert turned.agrees("arn:aws:sns:us-east-1:444455556666:x", "arn:aws:sns:us-east-1:111122223333:x")
    assert turned.agrees("arn:aws:sns:us-east-1:444455556666:x", "arn:aws:sns:eu-west-1:111122223333:x")
    assert not turned.agrees("arn:aws:sns:us-east-1:444455556666:x", "arn:aws:sns:eu-west-2:111122223333:x")
