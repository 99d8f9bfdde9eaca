"""The course's last task: a network for nine animals within a budget, its rules, its score, designs to beat.

`practice` gives the images to work with, `check` says whether a network keeps the rules, `score` how well it
does on images that were changed, `grade` does what a teacher does with what was handed in. `measured` has
the scores of the designs in `cnnlab.capstone.designs`, which ``python -m cnnlab.capstone`` trains again.
"""

from cnnlab.capstone.grading import grade, measured
from cnnlab.capstone.images import CLASSES, changes, final, practice
from cnnlab.capstone.rules import MACS, NUMBERS, SECONDS, check, faults
from cnnlab.capstone.scoring import Score, score

__all__ = [
    "CLASSES",
    "MACS",
    "NUMBERS",
    "SECONDS",
    "Score",
    "changes",
    "check",
    "faults",
    "final",
    "grade",
    "measured",
    "practice",
    "score",
]
