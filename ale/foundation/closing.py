"""What is used in `with` and closed at its end, whatever happened."""

from abc import ABC, abstractmethod
from typing import Self


class Closing(ABC):
    """To be used in `with`; closing is all there is to do at its end."""

    @abstractmethod
    def close(self) -> None:
        """Let go of everything that is held."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self.close()
