"""What a returned mail says: its octets become bounded parts, facts, and a verdict that tells which rule decided.

1 `mime` parts · 2 `report` which form it has (`feedback`, `status`, `notices`, `prose`) · 3 `facts` what it says ·
4 `verdict` what that means, by `codes` and `words` · 5 `evidence` what may follow. Pure: the process with limits in
which strangers' mail is read belongs to `carriers`.
"""
