"""Commands that read texts: what they contain, and what is read aloud."""
