"""No tables here; but only an app with this module is told of a finished migration, and roles are synced on that."""
