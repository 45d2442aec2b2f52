"""The engine's executable, from source: `go.mod` and `go.sum` lock it."""
