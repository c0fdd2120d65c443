"""HTTP requests as speech services and voice repositories need them: verified, bounded, with errors named by cause."""
