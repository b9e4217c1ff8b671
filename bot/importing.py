"""Shows an import in the terminal: progress while it runs, the outcome at the end."""
