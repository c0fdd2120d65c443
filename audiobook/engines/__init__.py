"""Speech engines: passages to samples and marks. Each engine is one module; all come in by entry points."""
