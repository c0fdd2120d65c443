"""Turning written text into spoken text: paragraphs are cleaned, split into sentences, put into words and grouped into passages."""
