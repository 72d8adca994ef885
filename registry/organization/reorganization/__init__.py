"""組織改編: matching a new list with what stands, the staged plan, carrying it out, taking it back."""
