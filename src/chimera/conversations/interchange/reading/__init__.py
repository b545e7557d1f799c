"""Getting conversations out of files that may be large, damaged or hostile. Pure but for reading the file."""
