"""The first model of somebody's own system: from answers, a compose file or Kubernetes manifests."""
