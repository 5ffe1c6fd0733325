"""Conventions between organisations: what one opens to another, where, at which hours, until when.

What enters: terms drawn up, signatures of members and of host communes, ends; help asked, handed back.
What leaves: the Cedar policies that a convention compiles to, what it opens when, who gains, who loses.
Facts: convention.drawn, .signed, .agreed, .ended in the installation's journal; help.begun, .ended.
"""
