"""Words of warning: each threshold of each window of each budget once, whichever replica sees it first."""
