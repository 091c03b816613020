"""The command line: the objects of the SDK, their verbs, and the gateway, from a terminal and from scripts."""
