"""From texts to books: what is stale and why, and the workers that make it."""
