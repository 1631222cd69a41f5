"""Send mailings: start, claim, deliver, follow, order, and read what came back."""
