"""The one place that touches the policy SDK: its proxies become a snapshot, our rules its policies.

The SDK turns the reading of an unknown into an advisory and drops the rest of the policy, lets an exception stop the
pack, and hands out secrets as plain text. So every property is converted before a rule sees it; a rule's own doubt is
raised as the SDK's unknown-value error after everything else has been reported; and messages hold no text values.
"""
