"""A strategy that classifies every column of the nasty schema."""

from __future__ import annotations

from typing import Any

from model.staging_data import StagingDataStrategy

REASON = "Nobody is told apart by it"
KEPT = (
    "country.code", "country.name", "department.id", "department.name", "orders.id", "orders.placed", "orders.amount",
    "order_line.order_id", "order_line.placed", "order_line.line", "order_line.sku", "order_line.quantity",
)  # fmt: skip
MASKED: dict[str, dict[str, Any]] = {
    "employee.name": {"mask": "full_name"},
    "customer.email": {"mask": "email", "domain": "e-mail"},
    "customer.full Name": {"mask": "full_name"},
    "customer.phone": {"mask": "phone"},
    "customer.national_id": {"mask": "shape"},
    "customer.born": {"mask": "date"},
    "customer.tags": {"mask": "shape"},
    "customer.profile": {"mask": "json", "paths": {"contact.email": "email", "seen[].ip": "ip"}},
    "customer.last_ip": {"mask": "ip"},
    "customer.avatar": {"mask": "shape"},
    "customer.referrer": {"mask": "uuid"},
    "customer.note": {"mask": "redact"},
    "orders.contact_email": {"mask": "email", "domain": "e-mail"},
}


def nasty(**changes: Any) -> StagingDataStrategy:
    """The strategy, with fields changed."""
    columns = {f"shop.{name}": {"mask": "keep", "reason": REASON} for name in KEPT}
    columns |= {f"shop.{name}": rule for name, rule in MASKED.items()}
    raw = {
        "source_type": "masked", "refresh_frequency": "on-demand", "privacy_level": "stable", "volume_scale": 1.0, "columns": columns,
    }  # fmt: skip
    return StagingDataStrategy.model_validate({**raw, **changes}, strict=False)
