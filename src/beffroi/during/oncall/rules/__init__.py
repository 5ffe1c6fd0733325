"""The room's decisions: who is on call, when the next is called, what a reply means. Pure."""
