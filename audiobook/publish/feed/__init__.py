"""The podcast feeds: RSS with Apple's and Podcasting 2.0's elements."""
