"""What a line means that somebody types to add a task: `Send invoice friday 5pm #work @finance !1 ~30m`."""
