"""Take in, grade and hand back assignments with nbgrader, running student code in a sandbox."""
