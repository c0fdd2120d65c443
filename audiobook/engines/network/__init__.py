"""What the engines of online services share: verified, bounded and paced requests, and cached responses."""
