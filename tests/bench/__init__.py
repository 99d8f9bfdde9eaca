"""Benchmarks: ratios of times within one run. They print; they assert nothing about time."""
