"""Answers: one verb, one event, its letters, one transaction."""
