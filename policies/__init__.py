"""What a stack must satisfy: the rules, in packs, and the engine that evaluates them."""
