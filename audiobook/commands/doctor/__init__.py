"""`audiobook doctor`: examine the installation, and say how to fix each problem."""
