"""Progress reporting during a build."""
