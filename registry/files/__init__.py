"""Files that people bring: reading workbooks and CSV that may be broken or hostile, and keeping evidence."""
