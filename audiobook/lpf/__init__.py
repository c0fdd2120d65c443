"""Audiobooks as W3C packages: a manifest, the sound of each chapter and the cover in one archive."""
