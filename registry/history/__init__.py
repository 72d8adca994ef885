"""Append-only, chained history."""
