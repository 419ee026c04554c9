"""Taste: what is learned from a reader's likes and dislikes, and how it enters the points."""
