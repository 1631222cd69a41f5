"""Turn editions into what the postal desk prints: booklets, labels, letters, the pick list, and what a run costs."""
