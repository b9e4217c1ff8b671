"""The Slack edge, and the place where everything is joined."""
