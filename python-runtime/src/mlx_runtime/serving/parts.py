"""The parts of a sidecar, put together."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from .adapter_loading import ADAPTER_METHODS, AdapterLoading
from .draft_loading import DRAFT_METHODS, DraftLoading
from .emitter import Emitter
from .generation_loop import GenerationLoop
from .grammars import Grammars
from .heartbeat import Activity, Heartbeat
from .images import Images
from .intake import Intake
from .loading import Loading
from .methods import Methods
from .model_text import ExpectedText
from .replies import Replies
from .streams import StreamTable


@dataclass(frozen=True, slots=True)
class Parts:
    """What runs on threads of its own, and what requests are handed to."""

    activity: Activity
    loop: GenerationLoop
    emitter: Emitter
    intake: Intake
    grammars: Grammars
    drafts: DraftLoading
    images: Images
    expected: ExpectedText | None
    replies: Replies
    methods: Methods


def make_parts(
    write: Callable[[bytes], None],
    expected_model: str | None,
    *,
    begin_shutdown: Callable[[GenerationLoop], None],
    malformed_frames: Callable[[], int],
) -> Parts:
    """`expected_model`: the directory that `load` will probably name. `malformed_frames`: how many
    lines could not be read."""
    activity = Activity()
    loop = GenerationLoop(activity)
    streams = StreamTable()
    emitter = Emitter(streams, write, lambda stream: loop.post(lambda host: host.finish(stream)))
    replies, ordered_replies = Replies(write), Replies(emitter.post)
    grammars = Grammars()
    images = Images()
    intake = Intake(loop, emitter, streams, replies, ordered_replies, grammars, images)
    drafts = DraftLoading(loop, replies)
    expected = None if expected_model is None else ExpectedText(expected_model)
    methods = Methods(
        loop=loop,
        intake=intake,
        loading=Loading(loop, intake, grammars, images, drafts, replies, write, expected),
        beside={
            **dict.fromkeys(DRAFT_METHODS, drafts.post),
            **dict.fromkeys(ADAPTER_METHODS, AdapterLoading(loop, replies).answer),
        },
        streams=streams,
        activity=activity,
        replies=replies,
        ordered_replies=ordered_replies,
        start_heartbeat=Heartbeat(activity, write).start,
        begin_shutdown=lambda: begin_shutdown(loop),
        malformed_frames=malformed_frames,
    )
    return Parts(
        activity, loop, emitter, intake, grammars, drafts, images, expected, replies, methods
    )
