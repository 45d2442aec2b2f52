"""The embedded preview: the same program and the same policy packs as the real engine, without it."""
