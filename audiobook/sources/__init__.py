"""Readers: one module for each input format, bytes to `Work`. All come in by entry points."""
