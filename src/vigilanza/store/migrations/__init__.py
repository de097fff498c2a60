"""One step of the schema each, in a line from the first; docs/design/migrations.md says how another is added."""
