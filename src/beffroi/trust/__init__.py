"""What residents are owed besides safety: nothing kept too long, everything told, unusual looking noticed.

What enters: the tables and stores of every room below, the journal, decisions of the data-protection officer.
What leaves: erasures with their proof, holds, registers made from the journal, alerts for one officer.
Facts: trust.erased, trust.erasure_late, trust.term_set, trust.hold_placed, trust.hold_released, and those of
registers and of unusual looking.
"""
