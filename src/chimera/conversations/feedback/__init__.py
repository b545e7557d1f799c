"""What people say of answers: kept with them, and told to who learns from it."""
