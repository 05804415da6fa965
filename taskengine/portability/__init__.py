"""A person's data on its way out of and into an account: as one file of our own, as CSV, as a Todoist backup."""
