"""What `check` looks for in the text of an issue, a module per subject; `mailer/document/review.py` has the chain."""
