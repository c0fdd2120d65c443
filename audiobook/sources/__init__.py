"""Readers: one module per input format, each turning bytes into a `Work`. Readers register as entry points."""
