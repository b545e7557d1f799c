"""Conversations that leave the house and come into it as files: formats are pure, two services know the database."""
