"""The demo's readers, written batch after batch so that a large demo needs no more memory than a small one."""

import random
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from django.db import transaction

from navette.accounts.models import Kind, User
from navette.core.actors import SYSTEM
from navette.demo import lives
from navette.demo.accounts import FIXED, PARENT, FixedReader
from navette.demo.libraries import Network
from navette.demo.lives import Life, Step
from navette.demo.people import People, Person
from navette.demo.plan import Calendar, Plan
from navette.demo.resources import Collection
from navette.libraries.models import Library, MailRhythm
from navette.mail.kinds import fill
from navette.mail.outbox import Text, text_in_force
from navette.portal.models import Portal
from navette.readers.models import ParentalAgreement, Reader
from navette.resources.models import DigitalResource
from navette.subscriptions.mails import REFUSAL_KINDS, french_day
from navette.subscriptions.models import GrantState, ResourceGrant, Subscription, SubscriptionEvent, TermsAcceptance
from navette.subscriptions.states import Move, RefusalReason, Status

BATCH = 1_000
ROWS = 2_000


@dataclass(frozen=True)
class Draft:
    """One reader before they are written."""

    person: Person
    uid: uuid.UUID
    library: Library
    life: Life
    resources: list[DigitalResource]
    confirmed: bool
    fixed: FixedReader | None = None


@dataclass
class Writer:
    """What all readers have in common."""

    portal: Portal
    network: Network
    collection: Collection
    password: str
    texts: dict[str, Text]

    def write(self, drafts: list[Draft]) -> None:
        """Write the readers with all that is theirs, in one transaction."""
        with transaction.atomic():
            users = [self._user(draft) for draft in drafts]
            User.objects.bulk_create(users, batch_size=ROWS)
            readers = [self._reader(draft, user) for draft, user in zip(drafts, users, strict=True)]
            Reader.objects.bulk_create(readers, batch_size=ROWS)
            subscriptions = [self._subscription(draft, reader) for draft, reader in zip(drafts, readers, strict=True)]
            Subscription.objects.bulk_create(subscriptions, batch_size=ROWS)
            ParentalAgreement.objects.bulk_create(
                [row for draft, reader in zip(drafts, readers, strict=True) for row in self._agreements(draft, reader)]
            )
            pairs = list(zip(drafts, subscriptions, strict=True))
            ResourceGrant.objects.bulk_create(
                [row for draft, subscription in pairs for row in self._grants(draft, subscription)], batch_size=ROWS
            )
            TermsAcceptance.objects.bulk_create(
                [row for draft, subscription in pairs for row in self._acceptances(draft, subscription.reader)],
                batch_size=ROWS,
            )
            SubscriptionEvent.objects.bulk_create(
                [row for draft, subscription in pairs for row in self._events(draft, subscription)], batch_size=ROWS
            )

    def _user(self, draft: Draft) -> User:
        asked = draft.life.steps[0].at
        return User(
            identifier=(draft.fixed and draft.fixed.identifier) or draft.person.email,
            email=draft.person.email,
            name=draft.person.name,
            kind=Kind.READER,
            password=self.password,
            created_at=asked,
            email_confirmed_at=asked if draft.confirmed else None,
        )

    def _reader(self, draft: Draft, user: User) -> Reader:
        person = draft.person
        return Reader(
            user=user,
            uid=draft.uid,
            first_name=person.first_name,
            last_name=person.last_name,
            birth_date=person.birth_date,
        )

    def _subscription(self, draft: Draft, reader: Reader) -> Subscription:
        life = draft.life
        told_at_night = draft.library.mail_rhythm == MailRhythm.DAILY and life.requested_at.date() == life.cal.today
        subscription = Subscription(
            reader=reader,
            library=draft.library,
            status=life.status,
            version=len(life.steps),
            requested_at=life.requested_at,
            deadline=life.deadline,
            starts_on=life.starts_on,
            ends_on=life.ends_on,
            refusal_reason=life.refusal_reason,
            announced_at=None if told_at_night else life.announced_at,
            reminded_at=life.reminded_at,
            notice_days=life.notice_days,
        )
        subscription.list_as(reader)
        return subscription

    def _agreements(self, draft: Draft, reader: Reader) -> Iterator[ParentalAgreement]:
        if draft.fixed is None or not draft.fixed.parent:
            return
        asked = draft.life.steps[0].at
        yield ParentalAgreement(
            reader_id=reader.pk,
            parent_name=draft.fixed.parent,
            parent_email=PARENT,
            asked_at=asked,
            agreed_at=None if draft.life.status == Status.UNCONFIRMED else asked,
        )

    def _grants(self, draft: Draft, subscription: Subscription) -> Iterator[ResourceGrant]:
        life = draft.life
        state = GrantState.GRANTED if life.starts_on else GrantState.REQUESTED
        for resource in draft.resources:
            refused = self.portal.decides_each_resource and life.starts_on and life.rng.random() < 0.06
            yield ResourceGrant(
                subscription_id=subscription.pk,
                resource_id=resource.pk,
                state=GrantState.REFUSED if refused else state,
                changed_at=life.steps[-1].at,
            )

    def _acceptances(self, draft: Draft, reader: Reader) -> Iterator[TermsAcceptance]:
        asked = draft.life.requested_at
        site_terms = self.collection.site_terms[-1]
        yield TermsAcceptance(reader_id=reader.pk, site_terms_id=site_terms.pk, accepted_at=asked)
        for resource in draft.resources:
            in_force = [terms for terms in self.collection.resource_terms[resource.pk] if terms.published_at <= asked]
            yield TermsAcceptance(reader_id=reader.pk, resource_terms_id=in_force[-1].pk, accepted_at=asked)

    def _events(self, draft: Draft, subscription: Subscription) -> Iterator[SubscriptionEvent]:
        account = self.network.accounts[draft.library.pk]
        actors = {lives.READER: subscription.reader.user, lives.LIBRARY: account, lives.SYSTEM: None}
        for step in draft.life.steps:
            actor = actors[step.who]
            yield SubscriptionEvent(
                subscription_id=subscription.pk,
                at=step.at,
                actor_id=actor.pk if actor else None,
                actor_label=actor.label if actor else SYSTEM.label,
                move=step.move,
                from_status=step.source,
                to_status=step.target,
                reason=step.reason,
                message=self._message(step, draft),
            )

    def _message(self, step: Step, draft: Draft) -> str:
        kind = _kind_of(step, draft.life)
        if kind is None:
            return ""
        values = {
            "prenom": draft.person.first_name,
            "nom": draft.person.last_name,
            "bibliotheque": draft.library.name,
            "portail": self.portal.name,
            "date_fin": french_day(step.ends_on),
        }
        if kind not in self.texts:
            self.texts[kind] = text_in_force(kind)
        return fill(self.texts[kind].body, values)


def _kind_of(step: Step, life: Life) -> str | None:
    """Return the kind of the mail that the library wrote with this step."""
    if step.move == Move.REFUSE:
        return next(kind for reason, kind in REFUSAL_KINDS.items() if str(RefusalReason(reason).label) == step.reason)
    return {Move.ACCEPT: "accepted", Move.RENEW: "renewed", Move.END: "ended"}.get(step.move)


def make_readers(
    plan: Plan, portal: Portal, network: Network, collection: Collection, people: People, password: str
) -> None:
    """Write the readers of `plan`: the fixed ones, those of the first library, then everybody else."""
    writer = Writer(portal, network, collection, password, {})
    drafts = _drafts(plan, portal, network, collection, people)
    while batch := list(islice(drafts, BATCH)):
        writer.write(batch)


def _drafts(plan: Plan, portal: Portal, network: Network, collection: Collection, people: People) -> Iterator[Draft]:
    rng, cal = plan.rng("readers"), Calendar(plan.today, portal)
    draw = Drawing(rng, cal, people, collection.resources)
    for fixed in FIXED:
        yield draw.fixed(fixed, network.first)
    tellings = lives.first_library_tellings(cal)
    for number in range(plan.size.first - len(FIXED)):
        yield draw.anyone(network.first, tellings[number] if number < len(tellings) else None)
    for _ in range(plan.size.readers - plan.size.first):
        yield draw.anyone(rng.choices(network.libraries[1:], network.weights[1:])[0])


@dataclass
class Drawing:
    """Draws readers."""

    rng: random.Random
    cal: Calendar
    people: People
    resources: list[DigitalResource]

    def fixed(self, fixed: FixedReader, library: Library) -> Draft:
        """Return one of the readers whom the login page names; they hold three resources in four."""
        person = self.people.draw(*fixed.ages)
        person = Person(fixed.first_name, fixed.last_name, person.birth_date, fixed.email)
        life = lives.waiting(self._life(), 1) if fixed.life == "waiting" else lives.BY_NAME[fixed.life](self._life())
        held = self.resources[: len(self.resources) * 3 // 4]
        return Draft(person, self._uid(), library, life, held, confirmed=True, fixed=fixed)

    def anyone(self, library: Library, telling: lives.Telling | None = None) -> Draft:
        """Return a reader of `library` with the life that `telling` tells, or any life."""
        life = (telling or lives.any_telling(self.rng))(self._life())
        confirmed = self.rng.random() < (0.7 if life.status == Status.PENDING else 0.96)
        return Draft(self.people.draw(), self._uid(), library, life, self._choice(), confirmed)

    def _life(self) -> Life:
        return Life(self.rng, self.cal)

    def _uid(self) -> uuid.UUID:
        return uuid.UUID(int=self.rng.getrandbits(128), version=4)

    def _choice(self) -> list[DigitalResource]:
        if self.rng.random() < 0.2:
            return self.resources
        return self.rng.sample(self.resources, self.rng.randrange(1, 1 + len(self.resources) // 2))
