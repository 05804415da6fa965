"""`python -m bench [NAME ...]`: run all measurements, or those that are named.

A measurement is a module of this package that runs by itself (`python -m bench.lateness`); a name
that begins with an underscore is a helper's.
"""

import pkgutil
import subprocess
import sys
from collections.abc import Sequence

import bench


def main(names: Sequence[str]) -> int:
    """Run the measurements one after the other; return 1 if any failed."""
    found = sorted(
        module.name for module in pkgutil.iter_modules(bench.__path__) if not module.name.startswith("_")
    )
    unknown = set(names) - set(found)
    if unknown:
        print(f"No such measurement: {', '.join(sorted(unknown))}. There are: {', '.join(found) or 'none'}.")
        return 2
    failed = False
    for name in names or found:
        print(f"== {name}", flush=True)
        failed |= subprocess.run([sys.executable, "-m", f"bench.{name}"], check=False).returncode != 0
    if not found:
        print("There are no measurements yet.")
    return int(failed)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
