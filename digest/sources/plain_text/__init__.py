"""The listing page as plain text: header, then titles and abstracts by turns."""
