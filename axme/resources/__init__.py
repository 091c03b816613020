"""Objects with verbs, one file per family. Each verb is one flat call."""
