export { attemptKey, Journal } from './journal.ts';
export { type Ledger, type LedgerEntry, readLedger } from './ledger.ts';
export { attachmentName, type Measurement, type MeasurementDocument, type Scope, type Unit } from './measurement.ts';
export { Recorder } from './recorder.ts';
