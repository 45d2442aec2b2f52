"""Pictures of the report for the documentation, made from the shipped system's own report."""
