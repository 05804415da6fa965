"""A line of the log for each request that was refused (4xx), so that a client's `X-Request-ID` is found again.

So many a minute from a process and no more, whoever knocks: a flood is seen in the metrics, and must not fill a disk.
"""

import logging
import threading
import time
from typing import Final

from django.http import HttpRequest
from django.http.response import HttpResponseBase

from taskengine import logs

logger = logging.getLogger(__name__)

LINES_PER_MINUTE: Final = 120
_API: Final = "/api/"

_lock = threading.Lock()
_minute = 0
_lines = 0


def note(request: HttpRequest, response: HttpResponseBase, *, took_s: float) -> None:
    """Log a request to the API that was refused; without its query, which may hold what people wrote."""
    status = response.status_code
    if not 400 <= status < 500 or not request.path_info.startswith(_API) or not _has_room():
        return
    with logs.bound(method=request.method, path=request.path_info, status=status, ms=round(took_s * 1000, 1)):
        logger.info("A request was refused.")


def _has_room() -> bool:
    global _minute, _lines
    with _lock:
        if (minute := int(time.monotonic() // 60)) != _minute:
            _minute, _lines = minute, 0
        _lines += 1
        if _lines == LINES_PER_MINUTE + 1:
            logger.warning("More requests are refused in this minute, and not logged.")
        return _lines <= LINES_PER_MINUTE
