"""The sandbox: stand-in providers that the real engine starts as processes, for a rehearsal without an account.

They stand in for AWS, Kubernetes and random; nothing here talks to any of them. What they accept is what the SDK's own types
accept, and what they answer is made up in the shape of the real thing.
"""
