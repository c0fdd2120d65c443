"""Rules that put figures, signs and short forms into words. They ask the grammar of a language, never its tag."""
