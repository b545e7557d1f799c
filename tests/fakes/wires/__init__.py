"""One module per wire, each the provider's side of it: request in, answer out, errors in its own words."""
