"""Readers from a CSV file: look first, then all or nothing; nobody who left comes back by a file.

source.py    the file: encoding, delimiter, rows
columns.py   its columns: our own and those of Mailchimp, Laposta and listmonk
judging.py   what would become of each row
bringing.py  doing it, in one transaction
"""
