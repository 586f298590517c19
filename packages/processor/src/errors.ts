// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

/**
 * What a {@link SealingError} can say, and the `code` of every diagnostic line.
 *
 * - `NOT_WRITABLE`: the data directory or a file in it cannot be created or opened.
 * - `DISK_FULL`: the file system has no room, or a quota is used up.
 * - `WRITE_FAILED`: a write failed for another reason.
 * - `SYNC_FAILED`: fdatasync failed; the file is given up, since the kernel may have dropped what it held.
 * - `NO_KEY`: there is no identity key, so that no stream can be opened.
 * - `SIGNER_FAILED`: the signer did not sign an open note; it is asked again.
 * - `RECORD_REFUSED`: a record that is no registry event has content the format has no spelling for.
 * - `RECORDS_LOST`: the memory for records that wait for a writable file is used up, or the process ended before it was.
 * - `EMITTED_AFTER_SHUTDOWN`: a record came after shutdown and was not sealed.
 * - `ADOPTION_FAILED`: the last stream of an earlier process could not be read; it is left without a successor.
 * - `DISPLACED`: another process took this one for dead and has the directory now; sealing goes on in another.
 * - `EXPORT_FAILED`: the exporter did not take a batch of sealed records. They stay in the segment and are handed to it
 *   again.
 * - `ENDPOINT_UNREACHABLE`: the OTLP endpoint gave no whole answer, or asked to come later. Records wait in their segments.
 * - `ENDPOINT_FAULT`: the answer is about the endpoint and not about records: rights, path, certificate, no OTLP. Records
 *   wait in their segments.
 * - `ENDPOINT_WARNING`: the endpoint took the records and added a remark.
 * - `RECORD_SET_ASIDE`: the endpoint refused this one record for good. It stays in its segment and is declared.
 * - `DELIVERY_FILE`: the cursor, the list of set-aside records or a segment cannot be read or written.
 * - `RETENTION_FAILED`: streams that are due could not be deleted, or their deletion not declared; it is tried again.
 * - `RETENTION_KEPT`: a stream that is due is not what its own notes say, and stays as evidence.
 * - `OTHER_EXPORTER`: another exporter or processor sits in the same provider and sees records before they are sealed.
 * - `ATTRIBUTES_LIMITED`: the provider's log record limits dropped attributes before the record could be sealed.
 * - `RECORDS_UNSIGNED`: record signatures are on and were not made for some records, which are sealed all the same.
 * - `INVALID_OPTION`: an option has a value it cannot have.
 * - `INTERNAL`: a defect of this package. The application is kept from noticing it.
 */
export type SealingErrorCode =
  | 'NOT_WRITABLE'
  | 'DISK_FULL'
  | 'WRITE_FAILED'
  | 'SYNC_FAILED'
  | 'NO_KEY'
  | 'SIGNER_FAILED'
  | 'RECORD_REFUSED'
  | 'RECORDS_LOST'
  | 'EMITTED_AFTER_SHUTDOWN'
  | 'ADOPTION_FAILED'
  | 'DISPLACED'
  | 'EXPORT_FAILED'
  | 'ENDPOINT_UNREACHABLE'
  | 'ENDPOINT_FAULT'
  | 'ENDPOINT_WARNING'
  | 'RECORD_SET_ASIDE'
  | 'DELIVERY_FILE'
  | 'RETENTION_FAILED'
  | 'RETENTION_KEPT'
  | 'OTHER_EXPORTER'
  | 'ATTRIBUTES_LIMITED'
  | 'RECORDS_UNSIGNED'
  | 'INVALID_OPTION'
  | 'INTERNAL';

const BRAND = Symbol.for('stepseal.processor.SealingError');

/**
 * The only error the sealer throws or rejects with. Only start-up with `required`, and `commit` under the policy
 * `closed`, ever show it to the application.
 *
 * `instanceof` holds across copies of this package.
 */
export class SealingError extends Error {
  readonly code: SealingErrorCode;

  constructor(code: SealingErrorCode, message: string, options?: { cause?: unknown }) {
    super(message, options?.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'SealingError';
    this.code = code;
  }

  static override [Symbol.hasInstance](value: unknown): boolean {
    return typeof value === 'object' && value !== null && Reflect.get(value, BRAND) === true;
  }
}

Object.defineProperty(SealingError.prototype, BRAND, { value: true });

/** The system's own code of a failed call (`ENOSPC`), where there is one. */
export function systemCode(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}

const NOT_WRITABLE = new Set([
  'EACCES',
  'EPERM',
  'EROFS',
  'ENOENT',
  'EEXIST',
  'ENOTDIR',
  'EISDIR',
  'ELOOP',
  'EMFILE',
  'ENFILE',
]);

/** The code that tells people what to mend after a file system call failed. */
export function fileErrorCode(error: unknown): 'DISK_FULL' | 'NOT_WRITABLE' | 'WRITE_FAILED' {
  const code = systemCode(error);
  if (code === 'ENOSPC' || code === 'EDQUOT') return 'DISK_FULL';
  return code !== undefined && NOT_WRITABLE.has(code) ? 'NOT_WRITABLE' : 'WRITE_FAILED';
}

/** What went wrong while records were sealed there, as an error of ours. */
export function asSealingError(error: unknown, dataDir: string): SealingError {
  if (error instanceof SealingError) return error;
  const code = systemCode(error) === undefined ? 'INTERNAL' : fileErrorCode(error);
  return new SealingError(code, `cannot seal records in ${dataDir}`, { cause: error });
}
