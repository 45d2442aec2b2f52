"""The documentation's site, and the part of it that is generated."""
