"""Many trained networks, compared fairly: a grid file in, a table out.

`load` reads the table that ships, `correct` which test images each network got right; `interval`, `paired`
and `verdict` say how sure its numbers are. The grid
file `GRID` says which networks are in it, how they were trained, and which claims they were to test.
``python -m cnnlab.atlas run --out DIR`` trains them again.
"""

from __future__ import annotations

from pathlib import Path

from cnnlab.atlas.shipped import baselines, correct, load
from cnnlab.atlas.statistics import Interval, interval, paired, verdict

__all__ = ["GRID", "Interval", "baselines", "correct", "interval", "load", "paired", "verdict"]

GRID = Path(__file__).parent / "grid.yml"
