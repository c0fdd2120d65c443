"""Texts at web addresses: fetched when named on the command line, and kept as files."""
