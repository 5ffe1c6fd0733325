"""The village's desk: the rota's pages, one's own calls, answers and links without an account."""
