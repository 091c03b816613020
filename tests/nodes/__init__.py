"""Several gateways on one PostgreSQL, with what happens to machines, networks and databases."""
