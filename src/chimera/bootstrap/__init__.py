"""The composition root: the only place that knows every concrete class, and the only reader of the environment."""
