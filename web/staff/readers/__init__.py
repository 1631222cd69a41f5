"""Pages about readers by e-mail: one of them, the audiences, what came back, what readers are told."""
