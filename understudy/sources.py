"""Where what a report speaks of comes from: the line of the model that a resource is made of, or of the program that makes it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from urllib.parse import unquote, urlparse

from model.component_origins import COMPONENT_ORIGINS, OF_STACK, Origin
from model.load import MODEL_KEY, STAGING_KEYS
from understudy.preview.aliases import ROOT_TYPE
from understudy.preview.project import Project
from understudy.preview.rendering import RenderedResource, Rendering
from understudy.preview.source import ConfigurationFiles, Source, shown


@dataclass(frozen=True)
class Sources:
    """The sources of one stack's resources and figures."""

    project: Project
    rendering: Rendering

    @cached_property
    def files(self) -> ConfigurationFiles:
        """The files that the stack's configuration comes from."""
        return self.project.files(self.rendering.stack)

    @cached_property
    def _by_urn(self) -> Mapping[str, RenderedResource]:
        return {resource.urn: resource for resource in self.rendering.resources}

    def finding(self, urn: str, property_: str) -> Source:
        """Where a finding about a resource comes from. Of the stack as a whole: the path that it names, or the stack's file.

        A resource that no part of the model stands for comes from the program that declares it, and a provider that nobody
        declares from the stack.
        """
        resource = self._by_urn.get(urn)
        if resource is None or resource.request.type == ROOT_TYPE:
            return self._stated(property_) or self.files.head
        return self.resource(resource) or self.files.head

    def resource(self, resource: RenderedResource) -> Source | None:
        """The part of the model that a resource is made of, else the line of the program that declares it."""
        origin = self.origin(resource)
        find = self.files.find if origin and origin.partition(".")[0] == OF_STACK else self.files.find_model
        found = find(origin) if origin else None
        return found or self._program_line(resource)

    def origin(self, resource: RenderedResource) -> str | None:
        """The model's path that a resource is made of: that of the nearest component above it that stands for one."""
        name, below = resource.request.name, ""
        current: RenderedResource | None = resource
        while current is not None:
            origin = COMPONENT_ORIGINS.get(current.request.type)
            parent = self._by_urn.get(current.request.parent)
            if origin is not None:
                above = parent.request.name if parent is not None else ""
                return self._path(origin, _part(current.request.name, above), below)
            below = _part(name, parent.request.name) if parent is not None else ""
            current = parent
        return None

    def figures(self, component: RenderedResource) -> str | None:
        """The path below which the ledger has the figures of a component itself; None of one that stands for no part."""
        origin = COMPONENT_ORIGINS.get(component.request.type)
        if origin is None:
            return None
        parent = self._by_urn.get(component.request.parent)
        own = _part(component.request.name, parent.request.name if parent is not None else "")
        return origin.figures.format(item=own.removeprefix(origin.prefix)) if origin.figures else self._path(origin, own, "")

    def figure(self, path: str) -> Source | None:
        """Where the model gives a figure, or what the figure is derived from; None where the files have nothing of it."""
        return self.files.find_model(path)

    def ratio(self, key: str) -> Source | None:
        """Where the stack's file gives a ratio, by the ledger's word for it; None for what follows from other figures."""
        if not key.startswith("scaling."):
            return None
        return self.files.find(key)

    def _stated(self, path: str) -> Source | None:
        if path.partition(".")[0].partition("[")[0] in (MODEL_KEY, *STAGING_KEYS):
            return self.files.find(path)
        return self.files.find_model(path) if path else None

    def _path(self, origin: Origin, own: str, below: str) -> str:
        """The path of an origin, for a component's own name and for the name of a resource below it."""
        for prefix, mapping in origin.members.items():
            items = [item for item in self._items(mapping) if f"{below}-".startswith(f"{prefix}{item}-")]
            if items:
                return f"{mapping}.{max(items, key=len)}"
        return origin.path.format(item=own.removeprefix(origin.prefix))

    def _items(self, mapping: str) -> list[str]:
        """The names of the items that the model's file declares in a mapping."""
        whole = self.files.find_model(mapping)
        if whole is None:
            return []
        begin = f"{whole.path}."
        return [
            path.removeprefix(begin)
            for path in self.files.project.lines
            if path.startswith(begin) and "." not in path[len(begin) :]
        ]

    def _program_line(self, resource: RenderedResource) -> Source | None:
        position = resource.request.sourcePosition
        file = Path(unquote(urlparse(position.uri).path)) if position.uri else None
        if file is None or not file.is_relative_to(self.project.program):
            return None
        if file.is_relative_to(self.project.program / ".venv"):
            return None
        return Source(shown(file, self.project.program), position.line)


def _part(name: str, above: str) -> str:
    """A name without what it repeats of the one above it."""
    return name.removeprefix(f"{above}-")
