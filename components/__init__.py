"""Pulumi component resources: the only place that creates resources. Each mirrors a file of `model/`."""
