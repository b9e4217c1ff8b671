"""The judgement: who is being lost, what customers are worth, and when their next purchase is due."""
