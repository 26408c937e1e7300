"""What set_output can't do for images."""

from typing import Any

from .._sklearn import get_output_config


def refuse_frame_of_stack(transformer: Any, stack_shape: tuple[int, ...] | None) -> None:
    """Raise where a stack of images would have to become a frame."""
    container = get_output_config("transform", transformer)["dense"]
    if stack_shape is not None and container != "default":
        name = type(transformer).__name__
        raise ValueError(
            f"{name} gives back a stack of images as a stack, and {container} has no "
            f"table for images of shape {stack_shape}. Put ImageFlattener before "
            f'{name}, or call set_output(transform="default").'
        )
