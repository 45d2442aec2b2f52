"""What a refresh job tells of itself: the names that the job publishes under, its role allows and its alarms watch."""

NAMESPACE = "Understudy/Data"
"""The CloudWatch namespace."""
SUCCEEDED, FAILED = "RefreshSucceeded", "RefreshFailed"
"""Counts of runs."""
ENVIRONMENT, DATABASE = "Environment", "Database"
"""The dimensions: the environment's full name, and the store's name in the model."""
