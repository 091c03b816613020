"""Pure rules: who may see, send and change what."""
