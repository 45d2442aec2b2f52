"""What tests and pictures of the report's page need: a browser, what drives it, and a judge of accessibility."""
