"""The assistant: one package, one room a folder (docs/architecture.md)."""
