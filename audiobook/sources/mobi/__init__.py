"""Kindle books: MOBI and AZW3."""
