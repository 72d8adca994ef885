"""The pages that see both apps: my page, the trail, errors, health."""
