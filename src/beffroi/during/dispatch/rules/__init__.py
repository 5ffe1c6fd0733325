"""Decisions of dispatch as pure functions: who may be sent, in what order, in which words."""
