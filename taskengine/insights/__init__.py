"""What a person's tasks say together: what is ahead, how it went, and what it comes to at this pace."""
