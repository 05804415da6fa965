"""What compose.yaml and the files that it includes say, read without starting anything."""

from typing import Any, Final

import yaml

from tests.support.servers import ROOT

FILES: Final = ("compose.yaml", "containers/proxy/services.yaml", "containers/monitoring/services.yaml")


def composition() -> dict[str, dict[str, Any]]:
    """Return all that there is, by kind and name, whatever profile it is of."""
    found: dict[str, dict[str, Any]] = {"services": {}, "volumes": {}, "networks": {}, "secrets": {}}
    for file in FILES:
        read = yaml.safe_load((ROOT / file).read_text())
        for kind, entries in found.items():
            entries |= read.get(kind) or {}
    return found


SERVICES: Final = composition()["services"]
