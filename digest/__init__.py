"""digest: each reader's own daily list of research papers, by mail and by feed."""

__version__ = "0.2.0"
