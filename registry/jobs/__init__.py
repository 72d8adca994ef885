"""Long work in the background: asked for by a person, carried out by the worker, with progress, cancel and an outcome."""
