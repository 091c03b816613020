"""The doctor, and what it says of everything that can be wrong."""
