"""Settings of a server whose built page is a copy of its own, which a test may put another version in place of."""

import os
from pathlib import Path

from taskengine.settings import *  # noqa: F403 (all of them, but for what follows)

FRONTEND_DIST = Path(os.environ["OWN_PAGE"])
