"""HTTP requests to speech services and voice repositories: verified, bounded, with errors named by cause."""
