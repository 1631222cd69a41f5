"""Write single mails to one person, send those that wait, and mail alarms to administrators."""
