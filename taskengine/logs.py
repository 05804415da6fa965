"""What every line of the log has beside its own words."""

import logging


class RequestIdFilter(logging.Filter):
    """Adds the request's id to a line that Django wrote about a request, as our own lines have it."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Let each line pass."""
        name = getattr(getattr(record, "request", None), "request_id", None)
        if name is not None and "request_id=" not in str(record.msg):
            record.msg = f"{record.msg} request_id={name}"
        return True
