"""Pages for people: what a browser shows of the gateway."""
