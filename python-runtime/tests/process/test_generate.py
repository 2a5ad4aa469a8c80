"""What a caller of `generate` sees, from a real process with a real model."""

from __future__ import annotations

import base64
import struct

import pytest

from .client import RpcFailed, Sidecar, chat, text

pytestmark = pytest.mark.model

QUESTION = "What is the capital of France?"


def test_a_question_is_answered(sidecar: Sidecar) -> None:
    stream = sidecar.generate("capital", QUESTION)

    finish = stream.finish()

    assert stream.text == "The capital of France is Paris."
    assert finish["reason"] == "stop"
    assert finish["stopTokenId"] == 2
    assert finish["usage"]["promptTokens"] == 37
    assert finish["usage"]["completionTokens"] == len(stream.tokens)


def test_a_prompt_is_told_with_the_first_token_as_with_the_last(sidecar: Sidecar) -> None:
    prompt = "Name a river, a mountain and a lake of this country, please."
    for name in ("cold", "warm"):
        stream = sidecar.generate(f"told-{name}", prompt, maxTokens=3)
        usage = stream.finish()["usage"]

        told = [row["prompt"] for row in stream.rows if "prompt" in row]

        assert told == [{"tokens": usage["promptTokens"], "cachedTokens": usage["cachedTokens"]}]
    assert usage["cachedTokens"] > 0


def test_sixteen_streams_share_their_frames_and_answer_as_alone(sidecar: Sidecar) -> None:
    prompts = [f"Count from {n} to {n + 3}." for n in range(16)]
    together = [
        sidecar.start(f"crowd-{index}", prompt, maxTokens=12, ignoreEos=True)[0]
        for index, prompt in enumerate(prompts)
    ]
    reasons = {stream.finish()["reason"] for stream in together}
    alone = [
        sidecar.generate(f"alone-{index}", prompts[index], maxTokens=12, ignoreEos=True)
        for index in (0, 7, 15)
    ]
    for stream in alone:
        stream.finish()

    assert reasons == {"length"}
    assert [together[index].text for index in (0, 7, 15)] == [stream.text for stream in alone]
    widest = max(len(frame["rows"]) for frame in sidecar.notifications("tokens"))
    assert widest >= 12


def test_wild_sampling_streams_exactly_the_text_of_its_tokens(sidecar: Sidecar) -> None:
    """At this temperature the model emits torn characters of many scripts."""
    streams = [
        sidecar.generate(f"wild-{seed}", "Say something.", temperature=2, seed=seed, maxTokens=48)
        for seed in range(4)
    ]
    for stream in streams:
        stream.finish()
        whole = sidecar.request("detokenize", tokens=stream.tokens)["text"]
        assert stream.text == whole


@pytest.mark.parametrize("stop", ["France is", "l of Fr", "is Paris", "The"])
def test_a_stop_text_across_tokens_is_cut_off_whole(sidecar: Sidecar, stop: str) -> None:
    full = "The capital of France is Paris."
    stream = sidecar.generate(f"stop-{stop}", QUESTION, stop=["never", stop])

    finish = stream.finish()

    assert stream.text == full[: full.index(stop)]
    assert finish["reason"] == "stop"
    assert finish["stopSequence"] == stop
    assert finish["usage"]["promptTokens"] == 37
    assert finish["usage"]["completionTokens"] == len(stream.tokens)


def test_a_part_of_a_stop_text_comes_out_when_it_stays_a_part(sidecar: Sidecar) -> None:
    stream = sidecar.generate("almost", QUESTION, stop=["Paris. "])

    assert stream.finish()["reason"] == "stop"
    assert stream.text == "The capital of France is Paris."


def test_a_cancelled_stream_ends_once_and_frees_its_row(sidecar: Sidecar) -> None:
    before = sidecar.request("stats")
    stream = sidecar.generate("endless", "Tell a long story.", maxTokens=4000, ignoreEos=True)
    stream.next()
    sidecar.notify("cancel", streamId="endless")

    finish = stream.finish()

    after = sidecar.request("stats")
    assert finish["reason"] == "cancelled"
    assert after["rows"] == {"queued": 0, "prefilling": 0, "decoding": 0, "paused": 0}
    assert after["requests"]["cancelled"] == before["requests"]["cancelled"] + 1
    assert stream.silent(0.3)


def test_a_finished_stream_s_id_can_be_used_again(sidecar: Sidecar) -> None:
    for _ in range(2):
        assert sidecar.generate("again", QUESTION, maxTokens=2).finish()["reason"] == "length"


def test_a_stream_waits_for_credit_and_others_do_not(sidecar: Sidecar) -> None:
    slow = sidecar.generate("slow", "Tell a story.", maxTokens=12, ignoreEos=True, credit=3)
    received = [slow.next()["tokens"] for _ in range(3)]
    assert sidecar.generate("fast", QUESTION).finish()["reason"] == "stop"
    assert slow.silent(0.3)
    assert sidecar.request("stats")["rows"]["paused"] == 1
    sidecar.notify("credit", streamId="slow", tokens=100)

    finish = slow.finish()

    reference = sidecar.generate("unpaused", "Tell a story.", maxTokens=12, ignoreEos=True)
    reference.finish()
    assert len(received) == 3
    assert finish["reason"] == "length"
    assert slow.text == reference.text


def test_log_probabilities_come_with_their_alternatives(sidecar: Sidecar) -> None:
    stream = sidecar.generate("logprobs", QUESTION, maxTokens=3, logprobs=True, topLogprobs=2)
    stream.finish()

    for row in stream.rows[:-1]:
        (entry,) = row["logprobs"]
        assert entry["token"] == row["tokens"][0] == entry["top"][0]["token"]
        assert entry["text"] == entry["top"][0]["text"]
        assert len(entry["top"]) == 2
        assert 0 >= entry["logprob"] >= entry["top"][1]["logprob"]


def test_a_resumed_stream_goes_on_where_it_was_cut(sidecar: Sidecar) -> None:
    prompt = "Write about Zoë's café ☕."
    options = {"maxTokens": 20, "temperature": 1.5, "seed": 11, "stop": ["zebra"]}
    whole = sidecar.generate("whole", prompt, **options)
    whole.finish()

    for cut in (1, 7, 15):
        sent = "".join(row["text"] for row in whole.rows[:cut])
        rest = sidecar.generate(f"rest-{cut}", prompt, resumeTokens=whole.tokens[:cut], **options)
        finish = rest.finish()

        assert whole.tokens[:cut] + rest.tokens == whole.tokens
        assert sent + rest.text == whole.text
        assert finish["usage"]["completionTokens"] == len(whole.tokens)


def test_a_resumed_stream_whose_stop_text_is_complete_ends_at_once(sidecar: Sidecar) -> None:
    whole = sidecar.generate("complete", QUESTION, stop=["Paris"])
    usage = whole.finish()["usage"]

    rest = sidecar.generate("rest", QUESTION, resumeTokens=whole.tokens, stop=["Paris"])
    finish = rest.finish()

    assert finish["reason"] == "stop"
    assert (rest.text, rest.tokens) == ("", [])
    for count in ("promptTokens", "completionTokens"):
        assert finish["usage"][count] == usage[count]


def test_a_prompt_longer_than_the_context_is_refused(sidecar: Sidecar) -> None:
    with pytest.raises(RpcFailed) as refused:
        sidecar.generate("long", text("word " * 9000))

    assert refused.value.data == {"type": "context_length_exceeded", "param": "prompt"}
    assert "prompt is too long: 9" in refused.value.message
    assert "tokens > 8192 maximum" in refused.value.message
    assert "maximum context length is 8192 tokens" in refused.value.message


def test_a_queued_request_times_out(sidecar: Sidecar) -> None:
    stream = sidecar.generate("impatient", chat("Hi"), queueTimeoutMs=60_000, maxTokens=1)

    assert stream.finish()["reason"] == "length"


def test_a_caller_learns_what_is_kept_by_the_names_that_it_gave(sidecar: Sidecar) -> None:
    prompt = "Say which of the rivers of this long and unusual country is the longest one."
    blocks = {"names": [4_000_000_001, 17], "ends": [30, 60], "length": 77}
    sidecar.start("named", prompt, maxTokens=1, promptBlocks=blocks)[0].finish()

    told = sidecar.request("stats", keptBlocks=True)["keptBlocks"]

    names = base64.b64decode(told)
    assert {4_000_000_001, 17} <= set(struct.unpack(f"<{len(names) // 4}I", names))
    assert "keptBlocks" not in sidecar.request("stats")
