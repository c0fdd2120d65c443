"""How users say words: lexicon files, and what they replace in a text."""
