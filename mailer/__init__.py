"""What is sent: from a Markdown issue to delivered mail and paper, in seven steps.

1. `issue`       read an issue: front matter and Markdown source
2. `document`    Markdown to a document tree whose inline text is still source
3. `translation` a document and a catalog to a translated document
4. `edition`     cut to one audience and one locale
5. `artefacts`   an edition to an e-mail or a print tree; `typesetting` turns the tree into a PDF
6. `ledger`      freeze the editions and write down one delivery per reader
7. `carriers`    hand deliveries to a relay or to the postal desk; the outcome returns to the ledger

Steps 1–5 are pure. `services` holds the use cases in their order, `bootstrap` wires settings to parts.
"""
