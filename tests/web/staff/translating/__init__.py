"""The pages of translators."""
