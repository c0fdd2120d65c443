"""Serve the published files read-only over HTTP."""
