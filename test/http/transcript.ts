import type { Header } from '../support/http.js'

/** One file of transcripts: a topic, the server it needs, and its cases. test/http/README.md describes the format. */
export interface Transcript {
  /** As messages name it. */
  readonly file: string
  /** Name of an entry of configurations.ts. */
  readonly config: string
  /** Sent with every request unless the case names the header itself. */
  readonly headers: readonly Header[]
  /** Fill the empty tables before every case. */
  readonly data: Statements
  /** undefined: for every kind of database. */
  readonly only: Restriction | undefined
  readonly cases: readonly TranscriptCase[]
}

export interface TranscriptCase {
  readonly id: string
  readonly title: string
  readonly line: number
  /** Instead of the file's; without any: the file's. */
  readonly data: Statements
  /** undefined: for every kind of database that the file is for. */
  readonly only: Restriction | undefined
  /** Why it is not played; undefined: it is. */
  readonly skip: string | undefined
  readonly exchanges: readonly Exchange[]
}

/** SQL text. */
export interface Statements {
  /** undefined: none. */
  readonly usual: string | undefined
  /** Instead of the usual ones, by kind of database. */
  readonly byKind: ReadonlyMap<string, string>
}

/** The kinds of database that something is for, and why for no other. */
export interface Restriction {
  readonly kinds: readonly string[]
  readonly reason: string
}

/** Why something is not played on this kind of database; undefined: it is. */
export function whyNotOn(kind: string, { only }: { readonly only: Restriction | undefined }): string | undefined {
  if (only === undefined || only.kinds.includes(kind)) return undefined
  return `only ${only.kinds.join(', ')}: ${only.reason}`
}

export interface Exchange {
  readonly line: number
  /** Each is sent, and each must be answered the same. */
  readonly targets: readonly Target[]
  readonly headers: readonly Header[]
  readonly body: string | undefined
  readonly expected: Expectation
  /** Answers of certain kinds of database, instead of the expected one. */
  readonly elsewhere: readonly (Restriction & { readonly expected: Expectation })[]
}

/** What a database of this kind must answer. */
export function expectedOn(kind: string, { expected, elsewhere }: Exchange): Expectation {
  return elsewhere.find(({ kinds }) => kinds.includes(kind))?.expected ?? expected
}

export interface Target {
  readonly line: number
  readonly method: string
  readonly target: string
}

export interface Expectation {
  readonly line: number
  readonly status: number
  readonly headers: readonly ExpectedHeader[]
  readonly body: ExpectedBody | undefined
}

export type ExpectedHeader =
  | { readonly kind: 'equals'; readonly name: string; readonly value: string }
  | { readonly kind: 'matches'; readonly name: string; readonly pattern: RegExp }
  | { readonly kind: 'absent'; readonly name: string }
  /** Keeps the value as a variable of the case. */
  | { readonly kind: 'capture'; readonly name: string; readonly variable: string }

export type ExpectedBody =
  /** These bytes and no others. */
  | { readonly kind: 'bytes'; readonly text: string }
  | { readonly kind: 'matches'; readonly pattern: RegExp }
  /** The same JSON value. */
  | { readonly kind: 'json'; readonly text: string }
  /** A problem document with one of these codes, whose detail or hint holds every one of the words. */
  | { readonly kind: 'problem'; readonly codes: readonly string[]; readonly words: readonly string[] }
