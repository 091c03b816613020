"""axme."""
