"""What the chaos suite breaks things with, and what it writes down."""
