"""What can be published: works, episodes, and what identifies them."""
