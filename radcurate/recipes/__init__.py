"""The bundled recipes: `radcurate recipes` lists them, `radcurate recipes show NAME` prints one to copy."""
