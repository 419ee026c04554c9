"""The archive: what is usual in it, its papers as numbers, and the nouns of what they teach."""
