"""`compliance log prove` and `log check-proof`: evidence for somebody who has not got the log."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from compliance.cli.common import AsJson, counted, opened, print_json
from compliance.errors import BadInput, CannotSay

if TYPE_CHECKING:
    from events.checkpoint import KeptHead
    from events.note import Verifier
    from events.proofs import Proof

HEAD = "HEADFILE|SIZE:ROOT"
_FORMS = "a head is SIZE:ROOT, or a file that `compliance log head` wrote"
_LARGEST = 64 * 2**20  # characters: an event is smaller


def prove(
    ctx: typer.Context,
    event: Annotated[
        int | None, typer.Argument(metavar="EVENT", min=1, help="The event's position in the log.")
    ] = None,
    since: Annotated[
        str | None, typer.Option("--since", metavar=HEAD, help="Prove instead that the log only grew since this head.")
    ] = None,
    output: Annotated[
        Path | None, typer.Option("-o", "--output", metavar="FILE", help="Standard output by default.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """A proof, as a small JSON file, that an event is in the log's head, or that the head only added to an earlier one.

    It is checked by check-proof, or by anybody with SHA-256, without the log.
    """
    from events.proofs import dump_proof

    if (event is None) == (since is None):
        raise BadInput("say what to prove: the position of an EVENT, or --since a head")
    earlier = _checked_head_text(since) if since is not None else ""
    with opened(ctx) as compliance:
        if event is not None and event > compliance.facts().size:
            raise BadInput(f"the log has no position {event}: it has 1 to {compliance.facts().size}")
        proof = compliance.prove_since(earlier) if event is None else compliance.prove(event)
    told = {"file": str(output), "schema": proof.schema_, "head": proof.head} if as_json else None
    write_proof(dump_proof(proof), output, told)


def write_proof(text: str, output: Path | None, told: dict[str, str] | None = None) -> None:
    """A proof to standard output, or into a file that appears whole; then `told` as JSON, or how to check it."""
    from compliance.tabular import appearing_whole

    if output is None:
        typer.echo(text, nl=False)
        return
    with appearing_whole(output) as file:
        file.write(text)
    if told:
        print_json(told)
        return
    typer.echo(f"proof in {output}; check it with `compliance log check-proof {output}`", err=True)


def check_proof(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="What `log prove` or `report --evidence` wrote.")],
    against: Annotated[
        str | None, typer.Option("--head", metavar=HEAD, help="A head kept elsewhere that the proof must be about.")
    ] = None,
    key: Annotated[
        str | None, typer.Option("--key", metavar="VKEY", help="The verifier key that must have signed the head.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Check a proof or an evidence pack, without log, database or settings.

    Exit status 2: it cannot be read, 3: it does not hold.
    """
    from events.note import BadSignature, InvalidNote, Verifier
    from events.proofs import ProofFails, UnreadableProof, parse_proof

    try:
        verifier = Verifier.parse(key) if key is not None else None
    except InvalidNote as error:
        raise BadInput(f"--key: {error}") from error
    from compliance.report.checking import is_pack

    if is_pack(file):
        _check_pack(file, kept_head(against) if against is not None else None, verifier, as_json)
        return
    try:
        proof = parse_proof(_text(file))
        kept = kept_head(against) if against is not None else None
        proof.check()
        rests_on = list(_basis(proof, kept, verifier))
    except (UnreadableProof, InvalidNote) as error:
        raise BadInput(f"{file}: {error}") from error
    except (ProofFails, BadSignature) as error:
        raise CannotSay(f"{file} proves nothing: {error}") from error
    proves = list(_in_words(proof))
    if as_json:
        print_json({"holds": True, "proves": proves, "rests_on": rests_on})
    else:
        typer.echo("\n".join([*proves, *rests_on]))


def _check_pack(file: Path, kept: KeptHead | None, key: Verifier | None, as_json: bool) -> None:
    from compliance.report.checking import check_pack

    found = check_pack(file, kept, key)
    head = f"{found.head.size}:{found.head.root.hex()}"
    events = "the event in it is" if found.events == 1 else f"its {found.events:,} events are"
    proves = [f"all files of the pack are as they were packed, and {events} in the head {head}"]
    if as_json:
        print_json({"holds": True, "proves": proves, "rests_on": list(found.rests_on)})
    else:
        typer.echo("\n".join([*proves, *(f"  {ground}" for ground in found.rests_on)]))


def _in_words(proof: Proof) -> Iterator[str]:
    """What the proof proves, for people."""
    from events.proofs import InclusionProof

    head = proof.heads()[-1]
    if isinstance(proof, InclusionProof):
        event = defaultdict(str, ((key, _shown(value)) for key, value in proof.members().items()))
        yield f"event {proof.position:,} is in the log {head.origin} of {counted(head.size, 'event')}:"
        yield "  {type} in {stream}, effective {effective},".format_map(event)
        yield "  recorded {recorded_at} by {actor}".format_map(event)
        return
    earlier = proof.heads()[0]
    begins = f"the log {head.origin} of {counted(head.size, 'event')} begins with"
    yield f"{begins} the {counted(earlier.size, 'event')} of the earlier head:"
    yield "  none of them was changed, moved or removed, the log was only added to"


def _shown(value: object) -> str:
    """A value of somebody else's file on our terminal."""
    return "".join(char if char.isprintable() else "?" for char in str(value))


def _basis(proof: Proof, kept: KeptHead | None, verifier: Verifier | None) -> Iterator[str]:
    """What makes the heads of the proof worth something. Raises ProofFails and BadSignature."""
    from events.proofs import ProofFails

    heads = list(dict.fromkeys(proof.heads()))
    if kept is not None and not any(head.same_as(kept) for head in heads):
        raise ProofFails(_how_other(heads, kept))
    for head in heads:
        grounds = ["is the one given"] if kept is not None and head.same_as(kept) else []
        if verifier is not None and (head is heads[-1] or head.signatures()):
            head.check(verifier)
            grounds.append(f"is signed by {verifier.name} (key {verifier.key_id.hex()})")
        said = " and ".join(grounds) or "is only what the proof says: compare it with a head kept elsewhere (--head)"
        yield f"head {head.size}:{head.root.hex()}"
        yield f"  {said}"


def _how_other(heads: Sequence[KeptHead], kept: KeptHead) -> str:
    """Why none of the heads is the one given: the name alone, or what it counts as well."""
    alike = [head for head in heads if (head.size, head.root) == (kept.size, kept.root)]
    if alike:
        names = f"the log {_shown(alike[0].origin)} in it, {_shown(kept.origin)} in the head given"
        return f"the heads agree in size and root, but go by different names: {names}"
    counts = " and ".join(f"{head.size:,}" for head in heads)
    return (
        f"it is about other heads ({counts} events of the log {_shown(heads[-1].origin)}) than the one given, "
        f"which counts {counted(kept.size, 'event')}{f' of the log {_shown(kept.origin)}' if kept.origin else ''}"
    )


def kept_head(text: str) -> KeptHead:
    """A head from SIZE:ROOT or from a file of `log head`. Raises BadInput."""
    from events.checkpoint import parse_head

    return parse_head(_checked_head_text(text))


def _checked_head_text(text: str) -> str:
    """What `parse_head` reads, from SIZE:ROOT or a file. Raises BadInput."""
    from events.checkpoint import parse_head
    from events.note import InvalidNote

    try:
        parse_head(found := _head_text(text))
    except InvalidNote as error:
        raise BadInput(f"{text} is not a head: {error}; {_FORMS}") from error
    return found


def _head_text(text: str) -> str:
    """SIZE:ROOT as it stands, or else the contents of the file."""
    size, colon, root = text.partition(":")
    if colon and size.isdigit() and len(root) == 64:
        return text
    try:
        return _text(Path(text))
    except BadInput as error:
        raise BadInput(f"{error}; {_FORMS}") from error


def _text(path: Path) -> str:
    """A small text file, with the line ends that mail may have given it put right. Raises BadInput."""
    try:
        with open(path, encoding="utf-8") as file:
            return file.read(_LARGEST)
    except OSError as error:
        raise BadInput(f"{path} cannot be read: {error.strerror}") from error
    except UnicodeDecodeError:
        raise BadInput(f"{path} is not text in UTF-8") from None
