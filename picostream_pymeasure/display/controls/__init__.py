"""What the user turns and reads: bars, keys, menus, the status line."""
