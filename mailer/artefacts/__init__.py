"""Step 5: an edition to rendered bytes, an e-mail or a PDF. Pure: no database, no network, no clock."""
