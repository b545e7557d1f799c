"""The tests; a package so that `tests.fakes` can be imported and run."""
