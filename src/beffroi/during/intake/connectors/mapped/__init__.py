"""A device that nobody wrote a connector for: the town declares what its messages mean."""
