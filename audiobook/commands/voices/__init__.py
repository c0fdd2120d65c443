"""The commands `audiobook voices …`, and what they share with others."""
