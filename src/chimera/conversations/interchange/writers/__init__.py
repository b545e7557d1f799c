"""Documents as files: lossless, to be read, and to train models with. A file each. Pure."""
