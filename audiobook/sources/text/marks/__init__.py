"""Marks in a text that say how to read it, such as `{pause=2s}`: attributes, codes and their effects."""
