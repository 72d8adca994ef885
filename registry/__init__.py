"""The project, and everything both apps share."""
