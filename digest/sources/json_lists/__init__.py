"""JSON: answers of the Daily Papers API, and any records with a title and an abstract."""
