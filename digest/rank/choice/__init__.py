"""Choice: what one issue takes of a reader's matches, and papers like another one."""
