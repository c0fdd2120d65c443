"""Voices that can be installed: which there are, how they are fetched, and where they are put."""
