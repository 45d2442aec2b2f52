"""The real engine: found or built, run with what it needs on its path, and read by its events."""
