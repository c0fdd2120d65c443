"""From texts to books: find stale works, and make them with worker processes."""
