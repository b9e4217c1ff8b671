"""A Slack workspace on this machine: try the assistant, and test it, without Slack."""
