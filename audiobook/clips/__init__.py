"""Clips: one spoken and encoded passage each, kept by the digest of all that changes their sound."""
