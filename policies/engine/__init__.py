"""Rules, findings and verdicts as pure data; one adapter translates for the policy SDK."""
