"""Speech engines, which turn passages into samples and word marks. Each is one module, registered as an entry point."""
