"""The commands `audiobook voices …`, and the hint about better voices after a build."""
