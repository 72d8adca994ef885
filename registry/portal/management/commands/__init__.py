"""Commands that set up and tend an installation."""
