"""What is typed in the first settings and while getting ready."""
