"""Verification: whether what was loaded can stand in for production, and whether anything of production's people is in it."""
