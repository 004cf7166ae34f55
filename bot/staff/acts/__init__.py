"""What staff can do: one act a file, named for it."""
