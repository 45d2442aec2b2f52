"""What every component shares: its token, its place in the tree, and how its children are named."""

from __future__ import annotations

import pulumi


class Component(pulumi.ComponentResource):
    """A component resource with a literal token `understudy:<area>:<Class>`.

    Children are named `<name>-<suffix>` and parented to the component. Names carry the system, never the environment, so
    that the same resource has the same path in production and in staging.
    """

    def __init__(self, token: str, name: str, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(token, name, {}, opts)
        self.name = name

    def child(self, suffix: str) -> str:
        """The logical name of a child."""
        return f"{self.name}-{suffix}"

    def below(
        self,
        *,
        depends_on: list[pulumi.Resource] | None = None,
        provider: pulumi.ProviderResource | None = None,
        protect: bool | None = None,
        ignore_changes: list[str] | None = None,
        delete_before_replace: bool | None = None,
        additional_secret_outputs: list[str] | None = None,
    ) -> pulumi.ResourceOptions:
        """Options of a child: this component is its parent."""
        return pulumi.ResourceOptions(
            parent=self,
            depends_on=depends_on,
            provider=provider,
            protect=protect,
            ignore_changes=ignore_changes,
            delete_before_replace=delete_before_replace,
            additional_secret_outputs=additional_secret_outputs,
        )
