"""Bytes without end for everything that reads what strangers write: targets, and the inputs that found something."""
