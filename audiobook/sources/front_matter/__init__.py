"""What a text says of itself above its first line."""
