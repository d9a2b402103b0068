"""Shows the desk in a browser."""
