"""The page on which people try the assistant without Slack."""
