"""Packed files: gzip, zstd and zip to the files in them, within bounds."""
