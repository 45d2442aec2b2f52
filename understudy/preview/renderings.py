"""A project's renderings: each made once, and two of them at the same time where there is a process for one of them."""

from __future__ import annotations

from collections.abc import Callable

from understudy.preview.beside import Beside
from understudy.preview.project import Project
from understudy.preview.rendering import Rendering, render


class Renderings:
    """The stacks of a project, each rendered when it is first asked for. Whatever the program raises is raised."""

    def __init__(self, project: Project, progress: Callable[[str], None]) -> None:
        self._project, self._progress = project, progress
        self.made: dict[str, Rendering] = {}

    def of(self, stack: str) -> Rendering:
        """A stack's rendering."""
        if stack not in self.made:
            self._progress(f"rendering {stack}")
            self.made[stack] = self._rendered(stack)
        return self.made[stack]

    def make_both(self, first: str, second: str, beside: Beside) -> None:
        """Render two stacks, the first one beside. Where both programs fail, it is the first one's error that is raised."""
        self._progress(f"rendering {first}")
        beside.begin(self._project, first, self._project.stack_configuration(first))
        try:
            self.of(second)
        except Exception:
            self._take(first, beside)
            raise
        self._take(first, beside)

    def _take(self, stack: str, beside: Beside) -> None:
        self.made[stack] = beside.taken() or self._rendered(stack)

    def _rendered(self, stack: str) -> Rendering:
        return render(self._project, stack, self._project.stack_configuration(stack))
