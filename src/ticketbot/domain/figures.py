"""The arithmetic of the digest and of every other report: pure functions over small rows (domain.md §3.3)."""
