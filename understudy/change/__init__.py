"""What a change does to each environment: a preview's report held against that of a revision, or against a saved one."""
