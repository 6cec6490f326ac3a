"""Recordings as files for other programs: what is written, and a writer for each format."""
