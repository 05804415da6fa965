"""`manage.py doctor`: says in words what is wrong with this installation, and what to do."""

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from taskengine.doctor.examination import examine
from taskengine.doctor.findings import Level


class Command(BaseCommand):
    """One line for each finding; the exit code is 1 if one of them is a fault."""

    help = __doc__
    requires_system_checks = ()  # what they find is among the findings

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take how to say it."""
        parser.add_argument("--json", action="store_true", help="print one JSON object for machines")
        parser.add_argument("--quiet", action="store_true", help="leave out what is well")

    def handle(self, *args: Any, **options: Any) -> None:
        """Examine, and say what was found as it is found.

        Raises:
            SystemExit: With 1, there are faults.
        """
        found = []
        for finding in examine():
            found.append(finding)
            if not options["json"] and not (options["quiet"] and finding.level == Level.OK):
                self.stdout.write(finding.line())
        faults = sum(finding.level == Level.FAULT for finding in found)
        if options["json"]:
            findings = [finding.payload() for finding in found]
            self.stdout.write(json.dumps({"ok": not faults, "findings": findings}))
        if faults:
            raise SystemExit(1)
