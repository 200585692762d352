"""What the bot serves over HTTP: the page that one talks to it on, and the skeleton editor."""
