"""Who did what: a chain of entries for each organisation, signed now and then."""
