"""What runs inside a gateway under test, and only there: planted bugs and failpoints. The product knows none of it."""
