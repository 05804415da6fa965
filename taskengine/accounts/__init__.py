"""People: the user, log-in through allauth, sessions and tokens."""
