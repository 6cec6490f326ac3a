"""What is painted: traces, marks, axes, cursors."""
