"""What people see: one file per card."""
