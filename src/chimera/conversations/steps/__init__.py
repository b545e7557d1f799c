"""Small steps around a turn: what a message wants and stands for, a question back, titles, recaps."""
