"""The demo: Northwind and some invented Chinese companies, with the people who look after them."""
