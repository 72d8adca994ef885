"""The speed table: every job of QUALITY beside a bare floor, measured in the same run."""
