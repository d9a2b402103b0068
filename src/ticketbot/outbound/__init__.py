"""Turns letters into delivered mail; changes no ticket."""
