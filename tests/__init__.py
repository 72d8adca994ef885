"""The tests, arranged like the modules they are about."""
