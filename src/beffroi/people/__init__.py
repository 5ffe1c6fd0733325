"""Who may: organisations, members, their roles, and the doors that decide.

What enters: sign-ins, roles given and ended, what each act says it rests on (its grounds).
What leaves: decisions with their reason; the territories a member may see; marks on views and streams.
Facts: `people.*`, in the journal of the installation; looks in the journal of the territory looked at.
"""
