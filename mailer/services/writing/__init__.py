"""Look at an issue before anyone gets it: drafts, previews, proofs."""
