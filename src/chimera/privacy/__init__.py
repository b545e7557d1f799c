"""What people may ask of their data: to have it, and to have it gone; and how long anything is kept."""
