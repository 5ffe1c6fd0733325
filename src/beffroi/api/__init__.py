"""What programs talk to: observations in, bare and fast; incidents, units and events out, by token.

What enters: requests of programs, with the token of their source or of their own.
What leaves: receipts, once what they tell of is on disk; what a token's scopes open, filtered by right;
clear errors otherwise. `/api/v1/openapi.json` describes all of it.
Facts: none of its own; intake, people (looks, refusals) and the rooms that are acted on write them.
"""
