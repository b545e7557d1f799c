"""The HTTP API of users, groups and invitations, a router per resource."""
