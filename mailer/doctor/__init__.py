"""What is wrong with an installation: each check looks at one thing of a `World` and says what to do about it."""
