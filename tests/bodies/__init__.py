"""Each of the bodies lives on its own profile: its organs, its scheme, its words."""
