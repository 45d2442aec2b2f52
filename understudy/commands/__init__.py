"""The commands, one a file: what each is called, takes and answers. The work is elsewhere."""
