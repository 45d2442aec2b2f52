"""Specifications of the project itself: its contracts, its locks, its documentation."""
