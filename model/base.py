"""What every model class shares: frozen, strict, closed, and the small named types of the vocabulary."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints


class Model(BaseModel):
    """A frozen piece of the environment model. Unknown keys and look-alike types are refused."""

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        strict=True,
        allow_inf_nan=False,
        use_attribute_docstrings=True,
        ser_json_inf_nan="constants",
    )


Name = Annotated[str, StringConstraints(pattern=r"^[a-z]([a-z0-9-]{0,28}[a-z0-9])?$")]
"""Names an item of the model: lower-case letters, digits and inner hyphens, at most 30 characters."""

Text = Annotated[str, StringConstraints(min_length=1, max_length=1024, pattern=r"\S")]
Percent = Annotated[int, Field(ge=1, le=100)]
Days = Annotated[int, Field(ge=1, le=3653)]
Seconds = Annotated[int, Field(ge=1, le=1_209_600)]
Port = Annotated[int, Field(ge=1, le=65_535)]
Url = Annotated[str, StringConstraints(pattern=r"^https://[^\s/]+(/\S*)?$", max_length=2048)]
ImageRepository = Annotated[str, StringConstraints(pattern=r"^[a-z0-9.-]+(:\d+)?(/[a-z0-9._-]+)+$")]
"""A container image's registry and name, without its tag."""
VariableName = Annotated[str, StringConstraints(pattern=r"^[A-Za-z_][A-Za-z0-9_]*$")]
LogRetentionDays = Literal[
    1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653
]
"""Days that CloudWatch Logs offers as a retention (PutRetentionPolicy)."""
Cron = Annotated[str, StringConstraints(pattern=r"^(cron|rate)\([^()]+\)$")]
