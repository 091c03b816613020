"""Plain data as something to look at: text today, whatever needs no dependency."""
