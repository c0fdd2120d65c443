"""Listening to clips: which words a speech recogniser hears, when, and where they differ from the text."""
