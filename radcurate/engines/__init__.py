"""Where the work runs. An engine executes a list of calls over paths and knows nothing of what they do."""
