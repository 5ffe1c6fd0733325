"""Registers made from the journal, and two documents that fill themselves: processing, impact assessment.

What enters: the journal, terms, rights, orders and switches as they are; complements that an officer writes.
What leaves: who looked at what, when and why; the register of images; the documents, with their versions.
Facts: trust.document_completed.
"""
