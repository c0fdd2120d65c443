"""Turning written into spoken text: cleaned paragraphs, split into sentences, grouped in passages."""
