"""Which state of a pick or of a suggestion may follow which: the only ways there are."""

from navette.editorial.models import PickState, SuggestionState

# Who writes may change a pick in these; what was proposed or published stands as the staff have read it.
EDITABLE = frozenset({PickState.DRAFT, PickState.DECLINED})
PICK_MOVES: dict[PickState, frozenset[PickState]] = {
    PickState.PROPOSED: EDITABLE,  # by the library
    PickState.PUBLISHED: frozenset({PickState.PROPOSED}),  # by the staff
    PickState.DECLINED: frozenset({PickState.PROPOSED, PickState.PUBLISHED}),  # sent back by the staff, with a note
}
SUGGESTION_MOVES: dict[SuggestionState, frozenset[SuggestionState]] = {
    SuggestionState.RECEIVED: frozenset({SuggestionState.STUDIED, SuggestionState.BOUGHT, SuggestionState.DECLINED}),
    SuggestionState.STUDIED: frozenset({SuggestionState.BOUGHT, SuggestionState.DECLINED}),
    SuggestionState.DECLINED: frozenset({SuggestionState.BOUGHT}),  # another budget, another year
    SuggestionState.BOUGHT: frozenset(),
}


def answers_to(state: str) -> list[SuggestionState]:
    """Return the states that may follow `state`, in the order of a list."""
    allowed = SUGGESTION_MOVES[SuggestionState(state)]
    return [row for row in SuggestionState if row in allowed]
