"""Reports: one document, and forms that render it and compute nothing."""
