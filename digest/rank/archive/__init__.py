"""The archive: what is usual in it, its papers as numbers, and what they teach about interests."""
