"""What programs talk to: the endpoint of observations, bare and fast, mounted beside Django.

What enters: requests of programs, with the token of their source.
What leaves: receipts, once what they tell of is on disk; clear errors otherwise.
Facts: none of its own; intake writes them.
"""
