"""Counts what happened; changes nothing."""
