"""One verb, one function, one transaction: what the gateway does, apart from how it is asked."""
