"""`python -m ticketbot` is the command line."""

from ticketbot.cli import main

main()
