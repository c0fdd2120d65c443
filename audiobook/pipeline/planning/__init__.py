"""What has to be done for each work, and why."""
