"""The command: previews, explains and reports."""
