"""How a thing is said once."""
