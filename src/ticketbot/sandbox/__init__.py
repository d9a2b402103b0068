"""Plays the outside world: mail servers in memory, a clock that jumps, stories."""
