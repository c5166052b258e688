"""Puts the jar, a Java runtime and the launcher together. Used by build_wheel.py, never installed."""
