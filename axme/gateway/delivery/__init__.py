"""What leaves the gateway: the broadcaster and the streams it feeds."""
