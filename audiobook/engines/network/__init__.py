"""Code shared by the engines of online services: verified, bounded and paced requests, and cached responses."""
