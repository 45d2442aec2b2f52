"""The data of staging: read from production without a right to change it, masked on the way, swapped in whole, and verified."""
