"""Users and groups kept by an organisation's directory (SCIM 2.0)."""
