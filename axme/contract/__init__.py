"""The ground floor: what both halves know of AXP. No I/O, and nothing here imports upwards."""
