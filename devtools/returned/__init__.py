"""A corpus of returned mail: families of mail programs and providers, in own words and with invented people."""
