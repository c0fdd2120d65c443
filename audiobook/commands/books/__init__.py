"""Commands for built works."""
