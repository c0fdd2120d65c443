"""What a person or a program sees while the work goes on."""
