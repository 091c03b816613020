"""The console: pages on which people who hold a key look after its workspace. They do what the API does."""
