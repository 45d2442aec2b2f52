"""Faults: what staging's data must survive, done to it on real servers, at random places under a seed."""
