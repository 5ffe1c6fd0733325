"""The desks: the screens that people read and act on, and the live feed that keeps them true.

What enters: a member's request, through a door; what rooms below say in codes.
What leaves: pages in French and English, both themes; one event stream a browser.
Facts: none of its own; each act calls one action of a lower room, which writes its fact.
"""
