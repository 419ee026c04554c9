"""What came back: attributed by a proof, counted once, and what follows for the reader."""
