"""Maintainer tools."""
