"""Ogg: pages, and Opus packets."""
