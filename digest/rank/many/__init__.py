"""Many readers at once: the best papers of each from the points of all interests."""
