"""Invented people, customers and complaints, so that a new site can be tried at once. Nothing of it is anybody's."""
