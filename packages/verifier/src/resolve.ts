// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { parseVkey } from '@stepseal/core/format';
import type { CheckSwitch } from './checks.ts';
import type { Finding, FindingCode, Severity } from './findings.ts';
import type { KnownHeads } from './known-heads.ts';
import type { Outcome } from './outcome.ts';
import type { PredecessorPin } from './stream-facts.ts';
import type { TrustPolicy } from './trust.ts';

/** Seal interval of 1 s plus what a busy event loop may add, ms. */
const SEAL_LIMIT_MS = 5_000;
/** An idle stream seals every 60 s; as for heartbeats, 90 s is the limit. */
const IDLE_LIMIT_MS = 90_000;

/** What the streams of all sources say about each other. */
export interface Resolution {
  readonly findings: readonly Finding[];
  /** Streams whose stream key an identity of the policy, or a trusted close record, vouches for. */
  readonly trusted: ReadonlySet<string>;
  /** Records of open tails that a trusted successor pins, by stream. */
  readonly adopted: ReadonlyMap<string, number>;
  /** Time after the last trusted note until now or the successor's open record, ms, by stream. */
  readonly uncoveredMs: ReadonlyMap<string, number>;
  /** Predecessor by stream, as trusted open records name it. */
  readonly predecessors: ReadonlyMap<string, string>;
}

/** What {@link resolve} works on: one outcome a stream, the longest. */
export interface ResolveInput {
  readonly outcomes: ReadonlyMap<string, Outcome>;
  readonly policy: TrustPolicy | undefined;
  readonly knownHeads: KnownHeads | undefined;
  readonly now: number;
  /** Whether the sources claim to hold every stream. */
  readonly complete: boolean;
  readonly check: CheckSwitch;
}

/** Decides what depends on more than one stream: authority, adoption, missing streams, known heads, tails. */
export function resolve(input: ResolveInput): Resolution {
  return new Resolver(input).run();
}

class Resolver {
  private readonly input: ResolveInput;
  private readonly findings: Finding[] = [];
  private readonly trusted = new Set<string>();
  /** Streams without authority of their own whose every record a trusted successor pins. */
  private readonly vouched = new Set<string>();
  private readonly adopted = new Map<string, number>();
  private readonly uncovered = new Map<string, number>();
  private readonly predecessors = new Map<string, string>();
  private readonly successorTime = new Map<string, number>();
  private readonly namedBy = new Map<string, string>();
  private readonly pruned = new Set<string>();

  constructor(input: ResolveInput) {
    this.input = input;
  }

  run(): Resolution {
    const { outcomes } = this.input;
    this.authorise();
    for (const id of this.trusted) for (const gone of outcomes.get(id)?.state.pruned ?? []) this.pruned.add(gone);
    this.followPredecessors();
    this.successors();
    this.knownHeads();
    for (const [id, outcome] of outcomes) {
      if (this.trusted.has(id)) this.tail(id, outcome);
      else if (!this.vouched.has(id)) this.unauthorised(id, outcome);
    }
    for (const id of this.pruned)
      if (!outcomes.has(id)) this.add('PRUNED', 'info', id, `Stream ${id} was deleted by a declared retention.`);
    return {
      findings: this.findings,
      trusted: new Set([...this.trusted, ...this.vouched]),
      adopted: this.adopted,
      uncoveredMs: this.uncovered,
      predecessors: this.predecessors,
    };
  }

  /** Authority flows from identities of the policy to first streams, and from close records to rolled ones. */
  private authorise(): void {
    const { outcomes, check } = this.input;
    const queue = [...outcomes]
      .filter(([, outcome]) => outcome.state.number > 0 && (outcome.identity !== undefined || !check('authorisation')))
      .map(([id]) => id);
    for (let id = queue.pop(); id !== undefined; id = queue.pop()) {
      if (this.trusted.has(id)) continue;
      this.trusted.add(id);
      const next = outcomes.get(id)?.state.close?.next;
      if (next === undefined) continue;
      this.namedBy.set(next.streamId, id);
      const outcome = outcomes.get(next.streamId);
      if (outcome !== undefined && outcome.state.number > 0 && this.keyMatches(outcome, next.vkey))
        queue.push(next.streamId);
    }
  }

  private keyMatches(outcome: Outcome, vkey: string): boolean {
    try {
      const key = parseVkey(vkey);
      const open = outcome.state.open;
      return open !== undefined && key.name === open.deployment && key.fingerprint === open.streamKey.fingerprint;
    } catch {
      return false;
    }
  }

  private followPredecessors(): void {
    const { outcomes, complete, check } = this.input;
    const queue = [...this.trusted];
    const claims = new Map<string, string>();
    for (let id = queue.shift(); id !== undefined; id = queue.shift()) {
      const outcome = outcomes.get(id) as Outcome;
      const open = outcome.state.open ?? outcome.tail?.state.open;
      const pin = open?.predecessor;
      if (pin === undefined) continue;
      const rival = claims.get(pin.streamId);
      if (rival !== undefined && rival !== id && check('equivocation')) {
        this.add(
          'EQUIVOCATION',
          'tampered',
          pin.streamId,
          `Streams ${rival} and ${id} both name it as their predecessor.`,
        );
        continue;
      }
      claims.set(pin.streamId, id);
      this.predecessors.set(id, pin.streamId);
      this.namedBy.set(pin.streamId, id);
      const target = outcomes.get(pin.streamId);
      if (target === undefined) {
        if (this.pruned.has(pin.streamId) || !check('predecessor')) continue;
        const evidence = `Stream ${id} names it as its predecessor with ${pin.number} records, and it is not here.`;
        this.add('STREAM_MISSING', complete ? 'tampered' : 'incomplete', pin.streamId, evidence, 1, pin.number);
        continue;
      }
      const time = openTime(outcome);
      if (time !== undefined) this.successorTime.set(pin.streamId, time);
      if (this.pinHolds(pin, target) && !this.trusted.has(pin.streamId) && !this.vouched.has(pin.streamId)) {
        this.vouched.add(pin.streamId);
        queue.push(pin.streamId);
      }
    }
  }

  /** Compares a predecessor with what its successor's open record pins of it. */
  private pinHolds(pin: PredecessorPin, target: Outcome): boolean {
    const { check } = this.input;
    if (!check('adoption') || target.findings.some((finding) => finding.severity === 'tampered')) return false;
    const id = pin.streamId;
    const end = target.tail?.state ?? target.state;
    const clean = end.number === pin.number && end.hash === pin.hash;
    if (pin.number < target.state.number && this.trusted.has(id)) {
      // The file was cut before the successor found it; whoever kept a longer copy can tell.
      const evidence = `Its successor found ${pin.number} records; ${target.state.number} stand under notes here.`;
      this.add('TRUNCATED', 'tampered', id, evidence, pin.number + 1, target.state.number);
      return false;
    }
    // Records of its own, whole under keys that nobody vouches for, and not those that the successor found.
    if (!clean && target.state.number > 0 && !this.trusted.has(id)) return false;
    if (target.closed) {
      if (clean) return true;
      this.add(
        'EQUIVOCATION',
        'tampered',
        id,
        `It is closed with ${end.number} records; its successor names ${pin.number}.`,
        Math.min(end.number, pin.number),
        end.number,
      );
      return false;
    }
    const tail = target.tail;
    if (tail === undefined) return false;
    if (pin.cause === 'io_error' && tail.state.number >= pin.number) {
      if (tail.state.number > pin.number)
        this.add(
          'ABANDONED',
          'info',
          id,
          'Lines written before an I/O error stand again in the next stream.',
          pin.number + 1,
          tail.state.number,
        );
      return this.adopt(pin, target);
    }
    if (pin.cause === 'closed') {
      this.add(
        'TRUNCATED',
        'tampered',
        id,
        `Its successor found it closed with ${pin.number} records; its closing note is not here.`,
        end.number,
        pin.number,
      );
      return false;
    }
    const validBytes = pin.validBytes ?? tail.validEnd;
    if (!clean) {
      const length = tail.validEnd + tail.tornBytes;
      const [primary] = tail.state.number < pin.number && length < validBytes ? [] : (target.explain?.(pin) ?? []);
      if (tail.state.number > pin.number)
        this.add(
          'TRAILING_DATA',
          'tampered',
          id,
          `Its successor found ${pin.number} records; there are ${tail.state.number}.`,
          pin.number + 1,
          tail.state.number,
        );
      else if (primary === undefined)
        this.add(
          'TRUNCATED',
          'tampered',
          id,
          `Its successor found ${pin.number} records; ${tail.state.number} are here.`,
          tail.state.number + 1,
          pin.number,
        );
      else this.add(primary.code, 'tampered', id, primary.evidence, primary.from, primary.to);
      return false;
    }
    const wanted = validBytes + (pin.tornBytes ?? 0);
    const length = tail.validEnd + tail.tornBytes;
    if (pin.validBytes !== undefined && (tail.validEnd !== validBytes || length !== wanted)) {
      const code: FindingCode = length < wanted ? 'TRUNCATED' : 'TRAILING_DATA';
      this.add(
        length === wanted ? 'MALFORMED' : code,
        'tampered',
        id,
        `Its successor found ${wanted} bytes, ${validBytes} of them valid; there are ${length} and ${tail.validEnd}.`,
        pin.number,
        pin.number,
      );
      return false;
    }
    if (pin.tornSha256 !== undefined && pin.tornSha256 !== tail.tornSha256) {
      this.add(
        'TRAILING_DATA',
        'tampered',
        id,
        'The torn bytes at its end are not those that its successor found.',
        pin.number,
        pin.number,
      );
      return false;
    }
    return this.adopt(pin, target);
  }

  private adopt(pin: PredecessorPin, target: Outcome): boolean {
    const records = pin.number - target.state.number;
    this.adopted.set(pin.streamId, Math.max(records, 0));
    const torn = target.tail?.tornBytes ?? 0;
    if (pin.cause === 'roll' && records === 0) return true;
    const evidence = `The stream ended without a close (${pin.cause}); its successor pins record ${pin.number}: ${records} record(s) beyond the last note, ${torn} torn byte(s).`;
    if (records > 0) this.add('ADOPTED', 'info', pin.streamId, evidence, target.state.number + 1, pin.number);
    else this.add('ADOPTED', 'info', pin.streamId, evidence);
    return true;
  }

  private successors(): void {
    const { outcomes, check } = this.input;
    for (const id of this.trusted) {
      const next = outcomes.get(id)?.state.close?.next;
      if (next === undefined || outcomes.has(next.streamId) || this.pruned.has(next.streamId) || !check('successor'))
        continue;
      this.add(
        'SUCCESSOR_MISSING',
        'incomplete',
        id,
        `Its close record names ${next.streamId} as the next stream, and that is not here.`,
      );
    }
  }

  private knownHeads(): void {
    const { knownHeads, outcomes, complete, check, policy } = this.input;
    if (knownHeads === undefined || !check('known-heads')) return;
    for (const [id, head] of knownHeads.streams) {
      const outcome = outcomes.get(id);
      if (outcome === undefined) continue;
      const damaged = outcome.findings.some((finding) => finding.severity === 'tampered');
      const here = outcome.tail?.state.number ?? outcome.state.number;
      if (damaged) continue;
      if (outcome.state.number < head.size) {
        const evidence = `An earlier verification saw ${head.size} records under a note; ${outcome.state.number} are under one here.`;
        this.add('TRUNCATED', 'tampered', id, evidence, Math.min(here + 1, head.size), head.size);
      } else if (outcome.roots.get(head.size) !== head.root)
        this.add(
          'EQUIVOCATION',
          'tampered',
          id,
          `An earlier verification saw another history of its first ${head.size} records.`,
          1,
          head.size,
        );
    }
    if (!complete) return;
    const reported = new Set<string>();
    const later = new Set(this.predecessors.values());
    for (const [, newest] of knownHeads.writers) {
      if (outcomes.has(newest) || this.pruned.has(newest) || later.has(newest)) continue;
      reported.add(newest);
      this.add(
        'ROLLBACK',
        'tampered',
        newest,
        'An earlier verification saw this stream as the newest of its writer; neither it nor a later one is here.',
      );
    }
    for (const [id, head] of knownHeads.streams) {
      const covered =
        reported.size > 0 ||
        this.findings.some((finding) => finding.stream === id && finding.code === 'STREAM_MISSING');
      if (outcomes.has(id) || this.pruned.has(id) || covered || policy?.deployments.has(head.deployment) === false)
        continue;
      this.add(
        'STREAM_MISSING',
        'tampered',
        id,
        `An earlier verification saw ${head.size} records of it, and it is not here.`,
        1,
        head.size,
      );
    }
  }

  private tail(id: string, outcome: Outcome): void {
    const { now, check } = this.input;
    const { tail, state } = outcome;
    if (tail === undefined || !check('tail')) return;
    const sealedAt = state.sealedAtMs ?? now;
    const successor = this.successorTime.get(id);
    const age = Math.max(0, (successor ?? now) - sealedAt);
    if (this.adopted.has(id)) {
      this.uncovered.set(id, age);
      return;
    }
    if (this.findings.some((finding) => finding.stream === id && finding.severity === 'tampered')) return;
    this.uncovered.set(id, age);
    const busy = tail.records > 0 || tail.tornBytes > 0;
    const range: [number, number] = [state.number + 1, Math.max(state.number + 1, tail.state.number)];
    const behind = `${tail.records} record(s) and ${tail.tornBytes} torn byte(s) stand behind the last note`;
    if (age <= (busy ? SEAL_LIMIT_MS : IDLE_LIMIT_MS))
      this.add('TAIL_OPEN', 'info', id, `The stream is being written: ${behind}, ${seconds(age)} old.`, ...range);
    else
      this.add(
        'TAIL_UNSEALED',
        'incomplete',
        id,
        `The stream has no close: ${behind}, and nothing proves what happened in the ${seconds(age)} since.`,
        ...range,
      );
  }

  private unauthorised(id: string, outcome: Outcome): void {
    const { policy, knownHeads, check, now } = this.input;
    if (policy === undefined || !check('authorisation')) return;
    const damaged =
      outcome.findings.some((finding) => finding.severity === 'tampered') ||
      this.findings.some((finding) => finding.stream === id && finding.severity === 'tampered');
    const named = this.namedBy.get(id);
    const expected = named !== undefined || knownHeads?.streams.has(id) === true;
    if (outcome.wellFormed === 0 && !damaged && !expected) return;
    if (outcome.state.number === 0 && !expected) {
      if (damaged && outcome.claimed) return;
      const open = outcome.tail?.state;
      const fresh = outcome.claimed && open?.sealedAtMs !== undefined && now - open.sealedAtMs <= SEAL_LIMIT_MS;
      if (fresh)
        this.add('TAIL_OPEN', 'info', id, 'The stream has just been opened; its first note is not yet written.');
      else if (outcome.claimed)
        this.add(
          'TAIL_UNSEALED',
          'cannot_verify',
          id,
          'The stream has no note at all and no successor adopts it: nothing proves it.',
          1,
          open?.number ?? 1,
        );
      else
        this.add(
          'KEY_NOT_AUTHORISED',
          'cannot_verify',
          id,
          'Nothing that the trust policy lists vouches for this stream.',
        );
      return;
    }
    if (damaged && (outcome.claimed || expected)) return;
    const fingerprint = outcome.state.open?.identityKey?.fingerprint ?? outcome.state.open?.streamKey.fingerprint;
    const evidence = expected
      ? `${named === undefined ? 'An earlier verification' : `Stream ${named}`} names this stream, and its key is not the one authorised for it.`
      : `Its key, fingerprint ${fingerprint ?? 'unknown'}, is not authorised for deployment ${outcome.state.open?.deployment ?? 'unknown'}.`;
    this.add('KEY_NOT_AUTHORISED', expected ? 'tampered' : 'cannot_verify', id, evidence);
  }

  private add(
    code: FindingCode,
    severity: Severity,
    stream: string,
    evidence: string,
    from?: number,
    to?: number,
  ): void {
    const source = this.input.outcomes.get(stream)?.segment.name;
    this.findings.push({
      code,
      severity,
      stream,
      evidence,
      reproduce: source === undefined ? `grep -rl ${stream} over the sources` : `tail -n 2 ${source}`,
      ...(source === undefined ? {} : { source }),
      ...(from === undefined ? {} : { from }),
      ...(to === undefined ? {} : { to }),
    });
  }
}

function openTime(outcome: Outcome): number | undefined {
  return outcome.state.firstTimeMs ?? outcome.tail?.state.firstTimeMs;
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`;
}
