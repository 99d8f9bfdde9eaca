"""Trains the networks of a grid file, and gathers what is finished into the table that ships."""

from __future__ import annotations

import argparse
import sys

from cnnlab.atlas import GRID
from cnnlab.atlas.shipped import DATA


def main(arguments: list[str] | None = None) -> None:
    """Read the command line and do what it says."""
    parser = argparse.ArgumentParser(prog="python -m cnnlab.atlas", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    run_parser = commands.add_parser("run", help="train what is missing; call it again to go on")
    table_parser = commands.add_parser("table", help="gather the finished networks into the table")
    for each in (run_parser, table_parser):
        each.add_argument(
            "grid", nargs="?", default=GRID, metavar="GRID", help="the course's own if left out"
        )
        each.add_argument("--out", required=True, metavar="DIR", help="folder with one file for each network")
    run_parser.add_argument("--jobs", type=int, metavar="N", help="processes; one on every core if left out")
    run_parser.add_argument(
        "--scheduler", metavar="ADDRESS", help="train on the workers of this Dask scheduler"
    )
    table_parser.add_argument("--into", default=DATA, metavar="DIR", help="the package's if left out")
    options = parser.parse_args(arguments)
    try:
        from cnnlab.atlas import grid, runner, table
    except ImportError as error:
        sys.exit(f'{error}. The atlas needs more than the lessons do: pip install "cnnlab[atlas]"')
    chosen = grid.read(options.grid)
    if options.command == "run":
        try:
            runner.run(chosen, options.out, jobs=options.jobs, scheduler=options.scheduler)
        except KeyboardInterrupt:
            sys.exit(f"Stopped. What is finished is in {options.out}; the same call goes on from there.")
    else:
        frame = table.gather(chosen, options.out, options.into)
        print(f"{frame.attrs['networks']:,} networks, {frame.attrs['networks_missing']:,} still missing")


if __name__ == "__main__":
    main()
