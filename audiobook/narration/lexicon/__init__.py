"""Pronunciations given by users: lexicon files, and the replacements that they make in a text."""
