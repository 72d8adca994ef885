"""The body and its people: organs, departments, posts, appointments, roles, access."""
