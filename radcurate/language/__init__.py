"""What the tasks know of radiology language; knows nothing of tasks."""
