"""Tests of the house itself: lock files, committed files, tools."""
