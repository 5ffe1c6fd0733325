"""Conventions between organisations: what one opens to another, where, at which hours, until when.

What enters: terms drawn up, signatures of the members and of each host commune, ends; help asked, handed back.
What leaves: the Cedar policies that a convention compiles to, the territories it opens at an instant, who
gains and who loses by it. Facts: convention.drawn, .signed, .agreed, .ended; help.begun, help.ended.
"""
