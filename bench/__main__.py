"""`python -m bench [NAME ...] [OPTION ...]`: run all measurements, or those that are named.

A measurement is a module of this package that runs by itself (`python -m bench.lateness`); a name
that begins with an underscore is a helper's. Options, such as `--quick`, are passed on.
"""

import itertools
import pkgutil
import subprocess
import sys
from collections.abc import Sequence

import bench
from bench._process import PYTHON, end_in_order


def main(arguments: Sequence[str]) -> int:
    """Run the measurements one after the other; return 1 if any failed."""
    names = list(itertools.takewhile(lambda each: not each.startswith("-"), arguments))
    options = arguments[len(names) :]
    found = sorted(
        module.name
        for module in pkgutil.iter_modules(bench.__path__)
        if not module.ispkg and not module.name.startswith("_")
    )
    unknown = set(names) - set(found)
    if unknown:
        print(f"No such measurement: {', '.join(sorted(unknown))}. There are: {', '.join(found)}.")
        return 2
    failed = []
    for name in names or found:
        print(f"== {name}", flush=True)
        if _run(name, options) != 0:
            failed.append(name)
    if failed:
        print(f"Failed: {', '.join(failed)}.")
    return 1 if failed else 0


def _run(name: str, options: Sequence[str]) -> int:
    measurement = subprocess.Popen([PYTHON, "-m", f"bench.{name}", *options])
    try:
        return measurement.wait()
    finally:
        measurement.terminate()  # where we are the one who is asked to stop; it ends its own servers
        measurement.wait()


if __name__ == "__main__":
    end_in_order()
    sys.exit(main(sys.argv[1:]))
