"""HTTP: one file per family of short handlers, and the layer they all stand on."""
