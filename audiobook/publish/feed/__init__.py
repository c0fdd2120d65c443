"""The podcast feeds."""
