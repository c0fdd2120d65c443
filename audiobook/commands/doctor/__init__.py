"""`audiobook doctor`: examine the installation, and say what to do about each problem."""
