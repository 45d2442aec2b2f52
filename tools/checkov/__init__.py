"""The differential test against checkov: another scanner, over the same manifests."""
