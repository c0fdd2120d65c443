"""Audiobooks from texts: chaptered, tagged MP3 files whose every word has its time."""

__version__ = "0.2.0"
