"""Taking over what a département's former portal held: libraries, their accounts, subscribers. No mail is sent.

Three kinds of jobs, each with a model file. A dry run does the same work and takes it back, slice by slice.
"""
