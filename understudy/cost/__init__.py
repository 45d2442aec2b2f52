"""What an environment costs a month, from its rendered resources and a dated price table."""
