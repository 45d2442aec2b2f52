"""What an environment is. Pure: no Pulumi, no files, no clock, no network."""
