"""The crisis desk: the mayor's page, on a telephone, at three in the morning."""
