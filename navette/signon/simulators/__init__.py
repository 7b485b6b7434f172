"""Vendors made up: what a vendor's software does with a reader who arrives, written from the protocols alone.

They are what the console's trials talk to, and the vendors of the demo. They share no code with what signs, and reach
the portal as a vendor does: by its public addresses.
"""
