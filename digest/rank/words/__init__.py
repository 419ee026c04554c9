"""Words: texts in the forms that ranking compares, spellings and acronyms."""
