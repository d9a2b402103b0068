"""Turns mail on a server into a question for the desk; sends nothing."""
