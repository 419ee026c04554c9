"""Feeds: RSS, Atom, RDF and JSON Feed, with what arXiv, bioRxiv and others write where.

Large ones are parsed in a process of their own (decision 0011).
"""
