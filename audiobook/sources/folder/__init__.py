"""Folders of chapter files that are one book."""
