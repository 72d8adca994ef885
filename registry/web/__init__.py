"""Views of three kinds, paging, downloads, and what every request gets."""
