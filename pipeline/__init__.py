"""What happens to a picture: plan the body, paint it, pose it. Knows no chat and no database."""
