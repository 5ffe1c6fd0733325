"""What templates of the desks may say."""
