"""The story of one thing: a figure of the model, a resource, or a rule."""
