"""Look-ups of online features at inference: the same features, order and rules as the training table."""
