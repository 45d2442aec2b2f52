"""Parity: staging can stand in for production, or the pack says where it cannot."""
