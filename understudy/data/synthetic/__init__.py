"""Synthetic rows: made up from the schema and from statistics of the source, so that every constraint holds."""
