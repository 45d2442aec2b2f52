"""Security rules for what the components make, and for what a user is likely to add."""
