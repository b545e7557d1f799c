"""The parts of the house, one a file: each opens what its domain needs and puts it together."""
