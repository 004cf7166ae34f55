"""What the components that are trained share: one thing is learnt, kept in the model, and read back."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Generic, Protocol, Self, TypeVar

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage


class Kept(Protocol):
    """Something learnt that can be written to a folder."""

    def save(self, folder: Path) -> None:
        """Write it."""


Learnt = TypeVar("Learnt", bound=Kept)


class Learns(GraphComponent, Generic[Learnt]):
    """A graph component around one thing learnt; `learnt` is None until it is trained or read back."""

    def __init__(self, learnt: Learnt | None, model_storage: ModelStorage, resource: Resource) -> None:
        self.learnt = learnt
        self._model_storage = model_storage
        self._resource = resource

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> Self:
        """Make an untrained component."""
        return cls(None, model_storage, resource)

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> Self:
        """Read back what was learnt."""
        with model_storage.read_from(resource) as folder:
            return cls(cls.read(folder), model_storage, resource)

    @classmethod
    def read(cls, folder: Path) -> Learnt:
        """What was learnt, from the folder it was written to."""
        raise NotImplementedError

    def keep(self, learnt: Learnt) -> Resource:
        """Use what was learnt from now on, and write it into the model."""
        self.learnt = learnt
        with self._model_storage.write_to(self._resource) as folder:
            learnt.save(folder)
        return self._resource
