"""Who sees what: the access matrix, canaries, swapped ids, sessions and login."""
