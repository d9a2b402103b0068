"""ticketbot: an email-driven support desk for hypercare, the intensive weeks after a go-live."""

__version__ = "0.1.0"
