"""The command line: one module a group of commands, loaded only when it is called.

What enters: what an administrator types, files, standard input.
What leaves: lines for people, JSON for programs, an exit status that is 0 only when the work is done.
Facts: none of its own; the actions that it calls write theirs.
"""
