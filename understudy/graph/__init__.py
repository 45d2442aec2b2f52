"""An environment drawn: what calls what, what keeps what, and staging's size beside production's."""
