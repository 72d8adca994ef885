"""Composition: the only part that sees both apps."""
