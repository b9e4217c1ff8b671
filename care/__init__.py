"""What we do about customers."""
