"""Further proofs of who somebody is: codes of an app, recovery codes, passkeys."""
