"""Libraries: what reference managers export, and lists of ids. One file for each form."""
