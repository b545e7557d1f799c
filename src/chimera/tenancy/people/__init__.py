"""Users, service accounts, groups, roles and invitations."""
