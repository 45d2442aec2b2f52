"""A real Kubernetes API server on loopback, for manifests: what it refuses, no cluster takes."""
