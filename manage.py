#!/usr/bin/env python
"""Django's command line, with this project's settings."""

import os
import sys

from django.core.exceptions import ImproperlyConfigured
from django.core.management import execute_from_command_line

# Commands whose figures somebody scrapes.
SERVERS = {"runserver", "runengine"}

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "taskengine.settings")
    if not SERVERS & set(sys.argv[1:2]):
        # Called in a server's container, a command would count with the servers: that it has no socket and hears no
        # doorbell. Before anything is imported, for then the files are made.
        os.environ.pop("PROMETHEUS_MULTIPROC_DIR", None)
    try:
        execute_from_command_line(sys.argv)
    except ImproperlyConfigured as error:  # it says what to set; where Python met it tells nobody anything
        sys.exit(f"taskengine: {error}")
