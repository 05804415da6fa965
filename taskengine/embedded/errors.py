"""What can go wrong before the embedded run serves; each message says what to do about it."""


class EmbeddedError(RuntimeError):
    """The embedded run cannot start; the message is for the person who typed `make run`."""
