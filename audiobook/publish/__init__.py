"""What is built, made public: a feed and a site for any static host."""
