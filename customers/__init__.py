"""Who the customers are: tables, search, facts, segments."""
