"""A sign of life for whoever can only look at files, as the health check of a container does.

`ALIVE_FILE` names a file that is touched while the work goes round: by an engine with each beat, by one of
Celery's workers with each of its own. Whoever looks takes the process for hung when the file gets old, so no
interpreter has to be started every few seconds just to ask.
"""

import logging
from pathlib import Path
from typing import Final

from django.conf import settings

logger = logging.getLogger(__name__)

_FILE: Final = Path(settings.ALIVE_FILE) if settings.ALIVE_FILE else None


def give_sign() -> None:
    """Touch the file, where there is to be one. Never raises: what can't be touched gets old, and is seen."""
    if _FILE is None:
        return
    try:
        _FILE.touch()
    except OSError as error:
        logger.warning("The sign of life could not be given: %s", error)
