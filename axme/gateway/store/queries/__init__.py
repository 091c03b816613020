"""Prepared statements and the functions around them, one file a family."""
