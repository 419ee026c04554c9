"""Teaching: what the papers of the archive say about an interest, beside its own words."""
