"""Writes the made-up shop as the files real shops export."""
