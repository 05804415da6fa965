"""What a person sorts their tasks by: projects, labels, and an order of their own. Knows no task."""
