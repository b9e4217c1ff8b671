"""What happens by itself, one file per job."""
