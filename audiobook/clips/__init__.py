"""Clips: spoken and encoded passages, cached by a digest of everything that affects their sound."""
