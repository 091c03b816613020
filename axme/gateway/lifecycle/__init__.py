"""Pure rules: what may happen to an intent and when. Time is an argument; there is no SQL and no HTTP here."""
