"""Readers from a CSV file: look first, then take what can be taken; nobody who left comes back by a file.

source.py     the file: encoding, delimiter, rows
names.py      what columns are called, in four languages
columns.py    what the columns of one file mean
statuses.py   words for a status, yes and no
moments.py    dates and times
rows.py       what one row says
survey.py     who in the file left, before any row is judged
judging.py    what would become of each row
bringing.py   doing it, in one transaction
aside.py      rows to be mended, in a file of their own
"""
