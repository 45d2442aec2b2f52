"""Masking: the same value under the same key has the same mask, and without the key nothing leads back."""
