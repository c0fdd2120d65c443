"""Piper, the engine of neural voices."""
